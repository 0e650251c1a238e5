"""The municipality sets the status of the authority's findings; mistakes in the file are reported."""

from datetime import date

import pytest

from checklists.findings import Standing, all_findings, read_standings
from checklists.tenant_settings import DEFAULTS, parse_setting


def test_nothing_is_criticism_until_the_municipality_has_said_so() -> None:
    assert read_standings(DEFAULTS.findings) == {}
    assert Standing() == Standing(None, None)
    assert read_standings(["B1:kritik"]) == {"B1": Standing("kritik")}


def test_a_finding_is_measured_directly_or_indirectly_or_not_at_all() -> None:
    by_code = {finding.code: finding for finding in all_findings()}

    assert {code for code, finding in by_code.items() if finding.indirect} == {"B1", "R2", "N8", "N9"}
    assert [by_code["B2"].measured_by(n) for n in (0, 1, 2)] == ["none", "direct", "direct"]
    assert [by_code["R2"].measured_by(n) for n in (0, 1)] == ["measure", "indirect"], "about competence"
    assert [by_code["N8"].measured_by(n) for n in (0, 1)] == ["none", "indirect"]


def test_a_demand_has_the_day_its_answer_is_due_and_a_follow_up_the_day_it_was_done() -> None:
    assert read_standings(["B2:atgardskrav:2026-09-01", "N4:uppfoljd:2026-03-01"]) == {
        "B2": Standing("atgardskrav", date(2026, 9, 1)),
        "N4": Standing("uppfoljd", date(2026, 3, 1)),
    }


@pytest.mark.parametrize("code", [finding.code for finding in all_findings()])
def test_every_finding_can_be_named(code: str) -> None:
    assert [*read_standings([f"{code}:uppfoljd:2026-03-01"])] == [code]


@pytest.mark.parametrize(
    ("said", "why"),
    [
        ("B9:kritik", "there is no finding B9; choose from B1,"),
        ("b1:kritik", "there is no finding b1"),
        ("B1", "B1 must be followed by a colon and one of kritik, atgardskrav, uppfoljd"),
        ("B1:klar", "one of kritik"),
        ("B1:kritik:2026-09-01", "B1 with kritik takes no date"),
        ("B1:atgardskrav", "atgardskrav needs a date; write B1:atgardskrav:2026-09-01"),
        ("B1:uppfoljd:i våras", "uppfoljd needs a date; write B1:uppfoljd:2026-09-01"),
        ("B1:uppfoljd:20260301", "needs a date"),
        ("B1:uppfoljd:2026-02-30", "needs a date"),
        ("B1:kritik,B1:kritik", "B1 is named twice"),
    ],
)
def test_what_is_wrong_is_told_with_what_to_write(said: str, why: str) -> None:
    with pytest.raises(ValueError, match="findings: ") as caught:
        parse_setting("findings", said)
    assert why in str(caught.value)


def test_it_is_kept_as_it_was_written() -> None:
    assert parse_setting("findings", " B2:atgardskrav:2026-09-01 , B4:kritik") == [
        "B2:atgardskrav:2026-09-01",
        "B4:kritik",
    ]
