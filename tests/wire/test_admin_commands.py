"""The admin's day on the command line, done by somebody without the master keys."""

import csv
import os
import sqlite3
from contextlib import closing
from pathlib import Path

import pytest

from bot.settings import BadSettings, read_settings
from checklists.loader import all_checklists
from tests.wire.door import TENANT
from tests.wire.test_trail_commands import FIRST, Operator, keys

NORTH, SOUTH = "Norra (påhittad)", "Södra (påhittad)"
HEAD = "tenant_id,email,name,unit,role"
PEOPLE = (
    f"{TENANT},anna@example.invalid,Anna Påhittad,{NORTH},case_worker",
    f"{TENANT},bo@example.invalid,Bo Exempel,{NORTH},case_worker",
    f"{TENANT},bo2@example.invalid,Bo Exempel,{SOUTH},case_worker",
    f"{TENANT},ada@example.invalid,Ada Uppdiktad,,admin",
)


@pytest.fixture
def operator(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> Operator:
    made = Operator(tmp_path, monkeypatch, capsys)
    made.sets(BK_TENANTS=TENANT)
    (tmp_path / "people.csv").write_text("\n".join((HEAD, *PEOPLE)), encoding="utf-8")
    (tmp_path / "cases.csv").write_text(
        "tenant_id,case_ref,unit,lead_email,protected_identity\n"
        f"{TENANT},SN 2026/0001,{NORTH},anna@example.invalid,nej\n"
        f"{TENANT},SN 2026/0002,{NORTH},anna@example.invalid,ja\n",
        encoding="utf-8",
    )
    assert made.runs("people", "import", "people.csv")[0] == 0
    assert made.runs("cases", "import", "cases.csv")[0] == 0
    made.sets(BK_MODE="production", BK_KEYS="")
    return made


def test_the_admins_day_needs_no_master_key(operator: Operator) -> None:
    assert operator.runs("people", "cases", "anna@example.invalid")[1].splitlines() == [
        f"SN 2026/0001, {NORTH}",
        f"protected identity, no. 2, {NORTH}",
    ]
    assert operator.runs("people", "leave", "anna påhittad", "--on", "2030-01-31")[1:] == ("done\nopen cases: 2\n", "")
    given = operator.runs("people", "hand-over", "anna@example.invalid", "--to", "bo@example.invalid")[1]
    assert given.splitlines()[0] == "handed over: 2, left: 0"
    assert operator.runs("people", "email", "bo@example.invalid", "bo.exempel@example.invalid")[1] == "done\n"
    assert operator.runs("people", "join", "bo2@example.invalid", "--into", "bo.exempel@example.invalid")[0] == 0
    assert operator.runs("people", "move", "Bo Exempel", "--unit", SOUTH, "--from", "2030-02-01")[1:] == ("done\n", "")
    assert operator.runs("cases", "rename", "SN 2026/0001", "--to", "SN 2026/0010")[1] == "done\n"
    assert operator.runs("units", "rename", NORTH, "Nya Norra (påhittad)")[1] == "done\n"
    assert operator.runs("units", "merge", SOUTH, "--into", NORTH)[1] == "done\n"
    assert operator.runs("units", "list")[1] == "Nya Norra (påhittad): 2 open cases\n"
    assert "ada@example.invalid" in operator.runs("people", "no-app")[1]
    assert operator.runs("sends", "list")[1] == "no message waits for a decision\n"
    assert operator.runs("skipped")[1] == "no case is skipped\n"
    assert operator.runs("log-check")[1].endswith(": no access to check\n")


@pytest.mark.parametrize(
    "words",
    [
        ("cases", "rename", "SN 2026/0001", "--to", "SN 2026/0010"),
        ("people", "hand-over", "anna@example.invalid", "--to", "bo@example.invalid"),
    ],
)
def test_those_concerned_are_told_and_where_no_master_key_is_the_operator_is_told_to(
    operator: Operator, words: tuple[str, ...]
) -> None:
    with closing(sqlite3.connect(operator.database)) as database:
        database.execute(
            "insert into conversation"
            " (tenant_id, person_id, channel_id, service_url, reference, installed, shown, card)"
            " select tenant_id, id, 'chat', '', '{}', true, '', '' from person where name = 'Anna Påhittad'"
        )
        database.commit()
        told = "select count(*) from outbox"
        assert "nobody was told, because the master keys are not set here" in operator.runs(*words)[1]
        assert database.execute(told).fetchone() == (0,)

        operator.sets(BK_MODE="dev", BK_KEYS=keys(one=FIRST))
        words = (*words[:2], words[4], "--to", words[2])
        assert "nobody was told" not in operator.runs(*words)[1]
        assert database.execute(told).fetchone() != (0,)


def test_a_version_that_lists_are_pinned_to_and_that_is_not_installed_is_named(
    operator: Operator, monkeypatch: pytest.MonkeyPatch
) -> None:
    operator.sets(BK_MODE="dev", BK_KEYS=keys(one=FIRST), PORT="0", BK_ADMIN_PORT="0")
    text = f"tenant_id,case_ref,checklist,role,item,answer\n{TENANT},SN 2026/0001,intake,case_worker,"
    Path("answers.csv").write_text(text + "protection_assessment_made,Ja\n", encoding="utf-8")
    assert operator.runs("answers", "import", "answers.csv")[0] == 0
    assert "ok     checklists: " in operator.runs("doctor")[1]
    assert operator.runs("skipped")[1] == "no case is skipped\n"

    left = {kind: one for kind, one in all_checklists().items() if kind != ("intake", 1)}
    monkeypatch.setattr("storage.condition.all_checklists", lambda: left)
    told = "the definition intake.v1.yaml is missing, and lists are filled in by it: 1;"

    code, out, _ = operator.runs("doctor")
    assert (code, f"FAULT  checklists: {told}" in out, "(BK-408)" in out) == (1, True, True)
    assert told in operator.runs("skipped")[1]

    def nothing(*_given: object) -> None:
        raise KeyboardInterrupt

    monkeypatch.setattr("bot.web.make_app", nothing)
    assert told in operator.runs("serve")[2]


def test_a_selection_finds_a_unit_by_any_case_and_by_what_it_was_called(operator: Operator) -> None:
    row = f"{TENANT},SN 2026/0001,decision_basis,case_worker,child_heard,Ja"
    head = "tenant_id,case_ref,checklist,role,item,answer"
    operator.sets(BK_MODE="dev", BK_KEYS=keys(one=FIRST))
    Path("answers.csv").write_text(f"{head}\n{row}\n", encoding="utf-8")
    assert operator.runs("answers", "import", "answers.csv")[0] == 0
    assert operator.runs("units", "rename", NORTH, "Västra (påhittad)")[0] == 0
    assert operator.runs("units", "merge", SOUTH, "--into", "Västra (påhittad)")[0] == 0

    for named in ("Västra (påhittad)", "VÄSTRA  (påhittad)", NORTH, NORTH.upper(), SOUTH):
        for what in ("answers", "rates", "checklists"):
            code, out, _ = operator.runs("export", "--what", what, "--unit", named)
            assert (code, "Västra (påhittad);" in out) == (0, True), (named, what)
        assert operator.runs("access-log", "--unit", named)[0] == 0
    assert "BK-346" in operator.runs("export", "--what", "answers", "--unit", "Vstra")[2]


def test_one_case_is_deleted_by_two_accounts_and_the_bot_carries_it_out(
    operator: Operator, monkeypatch: pytest.MonkeyPatch
) -> None:
    number = ("--decision", "SN § 45/2026")
    for wrong in ((), ("--decision", "ja"), ("--decision", "SN 2026/0001"), ("--decision", "")):
        assert "BK-190" in operator.runs("cases", "delete", "SN 2026/0001", *wrong)[2]
    assert "BK-191" in operator.runs("cases", "delete", "SN 2026/0001", *number, "--confirm")[2]
    assert operator.runs("cases", "delete", "SN 2026/7777", *number)[0] == 1
    asked = operator.runs("cases", "delete", "SN 2026/0001", *number)[1]
    assert asked.startswith("asked for: a manager confirms in the chat, or another account here with --confirm")
    assert operator.runs("cases", "delete", "SN 2026/0001", *number)[1] == "nothing was changed\n"
    assert "BK-192" in operator.runs("cases", "delete", "SN 2026/0001", *number, "--confirm")[2]

    monkeypatch.setenv("LOGNAME", "somebody-else")  # what anybody can set
    assert "BK-192" in operator.runs("cases", "delete", "SN 2026/0001", *number, "--confirm")[2]
    hers = os.getuid()
    monkeypatch.setattr(os, "getuid", lambda: hers + 54321)
    assert "BK-194" in operator.runs("cases", "delete", "SN 2026/0001", "--decision", "9", "--confirm")[2]
    assert operator.runs("cases", "delete", "SN 2026/0001", "--withdraw")[1] == "done\n"
    operator.runs("cases", "delete", "SN 2026/0001", *number)
    monkeypatch.setattr(os, "getuid", lambda: hers)
    done = operator.runs("cases", "delete", "SN 2026/0001", *number, "--confirm")
    assert done[1:] == ("confirmed: the bot deletes the case within a minute of running\n", "")
    assert operator.runs("cases", "delete", "SN 2026/0001", "--withdraw")[0] == 1


OTHER = "22222222-2222-4222-8222-222222222222"


def test_the_first_admin_is_named_by_e_mail_and_by_tenant_where_there_are_several() -> None:
    one, two = {"tenants": frozenset({TENANT})}, {"tenants": frozenset({TENANT, OTHER})}

    assert read_settings(**one).first_admin_of() is None
    assert read_settings(**one, first_admin="Ada@example.invalid").first_admin_of() == (TENANT, "ada@example.invalid")
    named = read_settings(**two, first_admin=f"{OTHER.upper()}:ada@example.invalid")
    assert named.first_admin_of() == (OTHER, "ada@example.invalid")
    for settings, wrong in ((one, "ada"), (two, "ada@example.invalid"), (one, f"{OTHER}:ada@example.invalid")):
        with pytest.raises(BadSettings, match="BK-495"):
            read_settings(**settings, first_admin=wrong)


def test_the_register_goes_out_and_comes_in_again_unchanged(operator: Operator) -> None:
    assert operator.runs("people", "export", "--out", "out.csv")[0] == 0

    rows = list(csv.DictReader(Path("out.csv").read_text("utf-8-sig").splitlines(), delimiter=";"))
    assert {row["email"] for row in rows} == {row.split(",")[1] for row in PEOPLE}
    operator.sets(BK_MODE="dev", BK_KEYS="one:AQEBAQEBAQEBAQEBAQEBAQEBAQEBAQEBAQEBAQEBAQE=")
    assert operator.runs("people", "import", "out.csv")[1].startswith("added: 0, changed: 0, unchanged: 4")


WRONG = (
    (("people", "leave", "nobody", "--on", "2030-01-01"), "BK-490"),
    (("people", "cases", "Bo Exempel"), "BK-491"),
    (("people", "move", "Ada Uppdiktad", "--unit", "Västra", "--from", "2030-01-01"), "BK-492"),
    (("people", "leave", "ada@example.invalid", "--on", "2030-01-01"), "BK-182"),
    (("people", "email", "anna@example.invalid", "nothing"), "BK-179"),
    (("units", "rename", "Västra", "Östra"), "BK-492"),
    (("units", "close", NORTH, "--on", "2030-01-01"), "BK-176"),
    (("sends", "drop", "7"), "BK-180"),
    (("cases", "rename", "SN 2026/0001", "--to", "SN 2026/0002"), "BK-116"),
    (("units", "list", "--tenant", "22222222-2222-4222-8222-222222222222"), "BK-345"),
)


def test_what_cannot_be_done_is_said_in_one_line(operator: Operator) -> None:
    assert "nothing was changed. (BK-104)" in operator.runs("units", "rename", NORTH, "19121212-1212")[2]
    for words, code in WRONG:
        exit_code, out, err = operator.runs(*words)

        assert (exit_code, out, err.count("\n")) == (1, "", 1), words
        assert code in err


def test_an_empty_database_is_said_to_hold_nobody_and_not_several(operator: Operator, tmp_path: Path) -> None:
    operator.sets(BK_DATABASE_URL=f"sqlite:///{tmp_path / 'misspelt.db'}", BK_KEYS=keys(one=FIRST))
    assert operator.runs("migrate")[0] == 0

    assert "holds no municipality" in operator.runs("units", "list")[2]
    assert operator.runs("log-check")[2].endswith("(BK-486)\n")


def test_what_could_be_read_is_a_draft_without_names_or_content(operator: Operator) -> None:
    days = ("--from", "2026-01-01", "--to", "2035-01-01")
    code, out, err = operator.runs("exposed", "--person", "anna@example.invalid", *days)

    assert (code, err) == (0, "")
    assert "SN 2026/0001: ärendenummer, enhet, datum och antal barn" in out
    assert "skyddade personuppgifter, nr 2" in out
    assert not any(name in out for name in ("Anna", "Påhittad", "anna@", "SN 2026/0002"))
    assert "Ärenden: 0" in operator.runs("exposed", "--person", "bo@example.invalid", "--device-days", "9", *days)[1]
    assert "Ärenden: 0" in operator.runs("exposed", "--key", "one", *days)[1]
    assert "BK-499" in operator.runs("exposed", "--key", "two", *days)[2]
    assert "BK-498" in operator.runs("exposed", "--key", "one", "--from", "2026-02-01", "--to", "2026-01-01")[2]


def test_a_cases_log_in_words_names_roles_and_no_employee(operator: Operator) -> None:
    code, out, _ = operator.runs("access-log", "--case", "SN 2026/0001", "--plain")

    assert code == 0
    assert out.splitlines()[1] == "Sekretessprövas, även mot vårdnadshavare"
    assert "den som driver servern: öppnade ärendet i boten" in out
    assert "den som driver servern: läste loggen för kontroll" in out
    assert "Anna" not in out
    assert operator.runs("access-log", "--plain")[0] == 1


def test_an_import_names_the_motivations_that_say_nothing(operator: Operator) -> None:
    operator.sets(BK_MODE="dev", BK_KEYS=keys(one=FIRST))
    key = f"{TENANT},SN 2026/0001,decision_basis,case_worker"
    rows = (f"{key},child_informed_report,Nej,ab", f"{key},child_informed_decision,Nej,abc")
    Path("answers.csv").write_text(
        "\n".join(("tenant_id,case_ref,checklist,role,item,answer,motivation", *rows)), encoding="utf-8"
    )

    said = operator.runs("answers", "import", "answers.csv")[1]

    assert "fewer than three letters or digits, which is none and not kept: line 2\n" in said


@pytest.mark.parametrize(
    "words",
    [
        ("export", "--what", "rates", "--unit", ""),
        ("access-log", "--unit", " "),
        ("access-log", "--case", ""),
        ("people", "hand-over", "anna@example.invalid", "--to", "bo@example.invalid", "--case", ""),
        ("dispose", "--tenant", ""),
    ],
)
def test_a_filter_that_is_given_but_empty_does_not_mean_everything(
    operator: Operator, capsys: pytest.CaptureFixture[str], words: tuple[str, ...]
) -> None:
    with pytest.raises(SystemExit) as ended:
        operator.runs(*words)

    assert ended.value.code == 2
    assert "BK-470" in capsys.readouterr().err


def test_an_object_id_that_entra_cannot_have_given_is_named_where_people_are_real(operator: Operator) -> None:
    row = f"{TENANT},anna.pahittad,nobody@example.invalid,Ingen Påhittad,{NORTH},case_worker"
    Path("odd.csv").write_text(f"tenant_id,object_id,email,name,unit,role\n{row}\n", encoding="utf-8")
    operator.sets(BK_KEYS=keys(one=FIRST))

    code, out, _ = operator.runs("people", "import", "odd.csv")
    assert (code, out.splitlines()[0]) == (0, "added: 1, changed: 0, unchanged: 0")
    assert "object_id is no id that Entra gives" in out
    assert "Entra" not in operator.runs("people", "import", "odd.csv")[1]
