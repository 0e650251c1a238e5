"""The report by link over HTTP: what stands on it, and that nobody sees a unit that is not hers."""

import re
from collections.abc import AsyncIterator
from datetime import date
from pathlib import Path

import pytest

from bot.pages import HEADERS
from storage import links
from tests.sql.conftest import change
from tests.wire.report_site import AT, FIRST, LAST, NORTH, SOUTH, Site, report_site


@pytest.fixture
async def site(tmp_path: Path) -> AsyncIterator[Site]:
    async with report_site(tmp_path) as site:
        yield site


def plain(text: str) -> str:
    """Return what a reader sees, in one line."""
    return re.sub(r"\s+", " ", re.sub(r"<[^>]+>", " ", text))


async def test_a_link_leads_to_the_report_once(site: Site) -> None:
    site.holds("manager", SOUTH)
    token = site.link(NORTH)
    for _ in range(2):
        shown = await site.client.get(links.REPORT_PATH, params={"l": token})
        assert shown.status == 200
        assert "8 av 10" not in plain(await shown.text())
    status, text = await site.presses(token)

    assert status == 200
    assert "8 av 10" in plain(text)
    assert (await site.presses(token))[0] == 410


async def test_the_page_says_what_n_period_and_definition_the_figures_have(site: Site) -> None:
    site.holds("manager", SOUTH)
    text = await site.report(NORTH)

    assert text.count("<h1>Rapport för Norra &lt;b&gt;(påhittad)&lt;/b&gt;, 2026-04-01–2026-06-30</h1>") == 1
    said = plain(text)
    assert "påbörjade 2026-04-01–2026-06-30: 10 underlag" in said
    assert "Siffrorna hämtades 2026-05-12 10:30." in said
    assert "0 av 10 påbörjade checklistor är kompletta." in said
    assert "Lägst andel Ja:" in said
    assert "8 av 10 (80,0 %), intervall 49,0–94,3 %" in said
    assert "Från 6 av 10 till 8 av 10: för få ärenden för att säga." in said
    assert "Perioden innan är 2026-01-01–2026-03-31." in said
    assert "Andelen är Ja delat med alla underlag som frågan gäller." in said
    assert "Påbörjade underlag 10 Skickade till chef, av påbörjade 0 av 10 (0,0 %)" in said
    assert '<rect class="share" width="80.0" height="11"/>' in text


async def test_what_the_chart_draws_the_table_says(site: Site) -> None:
    site.holds("manager", SOUTH)
    text = await site.report(NORTH)
    drawn = re.findall(r'class="share" width="([\d.]+)".*?class="range" d="M([\d.]+) 14.5H([\d.]+)M', text, re.DOTALL)
    told = re.findall(
        r'class="figure">\d+\sav\s\d+ \(([\d,]+)\s%\)</td><td class="figure whole">([\d,]+)–([\d,]+)\s%<', text
    )

    assert drawn == [tuple(number.replace(",", ".") for number in row) for row in told]
    assert len(drawn) > 3
    assert "Frågan gällde inget underlag." in text
    chart = text.partition('id="chain"')[0]
    assert chart.count("<li><span>") == len(re.findall(r"<td class=.figure.>\d+</td><th", chart))


async def test_the_chain_has_its_eight_steps_with_what_is_good_and_what_lacks(site: Site) -> None:
    site.holds("manager", SOUTH)
    chain = (await site.report(SOUTH)).partition('id="chain"')[2].partition('id="others"')[0]

    assert re.findall(r"<h3>(\d)\. ", chain) == list("12345678")
    step = plain(chain.partition("4. Utredning")[2].partition("<h3>")[0])
    assert "Brister Har barnet kommit till tals under utredning? – 0 av 3 (0,0 %), intervall 0,0–56,1 %" in step
    assert step.startswith(" Alla frågor i steget tillsammans: 0 av 9 (0,0 %) Ja.")
    assert "Ingen fråga i det här steget gällde under perioden." in plain(chain.partition("<h3>2.")[0])


async def test_the_whole_organisation_is_all_units_together(site: Site) -> None:
    site.holds("manager", SOUTH)
    text = await site.report("")

    assert "Rapport för hela organisationen" in text
    assert "8 av 14" in plain(text), "ten, three, and one without answers"


@pytest.mark.parametrize(
    ("role", "unit", "may"),
    [
        ("manager", SOUTH, {NORTH, SOUTH, ""}),
        ("unit_manager", NORTH, {NORTH}),
        ("deputy", SOUTH, {SOUTH}),
        ("case_worker", NORTH, set()),
        ("peer_reviewer", NORTH, set()),
        ("auditor", NORTH, set()),
        ("admin", NORTH, set()),
    ],
)
async def test_nobody_sees_figures_that_are_not_hers(site: Site, role: str, unit: str, may: set[str]) -> None:
    site.holds(role, unit)
    for wanted in (NORTH, SOUTH, "", "Ingen sådan (påhittad)"):
        shown = await site.client.get(links.REPORT_PATH, params={"l": (token := site.link(wanted))})
        status, text = await site.presses(token)
        allowed = wanted in may or role == "manager"
        assert (shown.status, status) == ((200, 200) if allowed else (410, 410)), wanted
        assert ('class="bars"' in text) == (wanted in may)


async def test_a_role_that_is_taken_away_or_over_gives_nothing(site: Site) -> None:
    site.holds("unit_manager", NORTH)
    token = site.link(NORTH)
    assert (await site.client.get(links.REPORT_PATH, params={"l": token})).status == 200
    site.holds("unit_manager", SOUTH)
    status, text = await site.presses(token)
    assert status == 410
    assert "8 av 10" not in plain(text)

    site.holds("deputy", NORTH, valid_to=date(2026, 5, 11))
    assert (await site.presses(site.link(NORTH)))[0] == 410
    site.holds("deputy", NORTH, valid_to=date(2026, 5, 12))
    assert (await site.presses(site.link(NORTH)))[0] == 200


async def test_no_case_and_no_person_stands_on_it_and_it_keeps_to_itself(site: Site) -> None:
    site.holds("manager", SOUTH)
    answer = await site.client.post(links.REPORT_PATH, data={"l": site.link("")})
    text = await answer.text()

    assert {name: answer.headers.get(name) for name in HEADERS} == HEADERS
    assert not re.search(r"SN ?20|<script|style=|https?:|Barn \d", text)


async def test_other_periods_are_offered_as_words_to_write(site: Site) -> None:
    site.holds("manager", SOUTH)
    offered = [
        re.findall("<kbd>(.*?)</kbd>", await site.report("", *days))
        for days in (
            (FIRST, LAST),
            (date(2025, 1, 1), date(2025, 12, 31)),
        )
    ]

    assert offered == [
        ["rapport 2026", "rapport 2026 kv 1", "rapport 2025"],
        [*(f"rapport 2025 kv {number}" for number in (1, 2, 3, 4)), "rapport 2024"],
    ]


async def test_a_report_of_nothing_says_so(site: Site) -> None:
    site.holds("manager", SOUTH)
    text = await site.report("", date(2020, 1, 1), date(2020, 12, 31))

    assert "Ingen checklista har påbörjats under perioden." in text
    assert "Det finns inga svar att visa för perioden." in text
    assert "<svg" not in text


async def test_it_is_in_her_language_also_the_questions(site: Site) -> None:
    site.holds("manager", SOUTH)
    change(site.desk, "update person set language = 'en'")
    text = await site.report(NORTH)

    assert '<html lang="en">' in text
    assert "8 of 10 (80.0%), interval 49.0–94.3%" in plain(text)
    assert "<span>Has the child been heard during the investigation?</span>" in text
    assert "<kbd>report 2026 kv 1</kbd>" in text
    assert "0 of 10 checklists begun are complete." in text


async def test_a_scope_that_says_no_period_uses_nothing_up(site: Site, caplog: pytest.LogCaptureFixture) -> None:
    site.holds("manager", SOUTH)
    token = site.desk.run_now(
        lambda session: links.make(session, site.world.tenant, site.world.person, "report", {"unit": NORTH}, AT)
    )

    assert (await site.presses(token))[0] == 503
    assert "Norra" not in caplog.text
    assert (await site.client.get(links.REPORT_PATH, params={"l": token})).status == 200
