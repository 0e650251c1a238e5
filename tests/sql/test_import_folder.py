"""Files put into a folder are read in by themselves, under the case system's own column names, with a receipt."""

import asyncio
from pathlib import Path

import pytest
from sqlmodel import select

from bot.background.import_folder import ImportFolder
from bot.clock import Clock
from checklists.faults import Refusal
from storage import cases, conversations, outbox, people, tenants
from storage.desk import Desk, Session
from storage.outbox import OutboxRow
from tests.sql.conftest import NOW, change
from tests.sql.import_files import import_cases, import_people

TENANT = "11111111-1111-4111-8111-111111111111"
UNIT = "Norra (påhittad)"
MAP = "# ur Påhittade Ärendesystemet\ncase_ref: Ärendenummer\nunit: Enhet\nreceived_on: Inkom\ncase_type: =barn\n"
EXPORT = "Ärendenummer;Handläggning;Enhet;Inkom\nSN 2026/0001;x;{unit};2026-05-04\nSN 2026/0002;y;{unit};{day}\n"


@pytest.fixture
def folder(desk: Desk, tmp_path: Path) -> ImportFolder:
    def work(session: Session) -> None:
        register = f"tenant_id,email,name,unit,role\n{TENANT},ada@example.invalid,Ada Uppdiktad,,admin\n"
        import_people(session, register.encode(), frozenset(), NOW, "cli:x")
        tenant = tenants.known(session, TENANT).id
        ada = people.by_email(session, tenant, "ada@example.invalid")
        assert ada is not None
        conversations.begin(session, tenant, ada.id, "chat", "http://127.0.0.1/", "{}")

    desk.run_now(work)
    (tmp_path / "cases.columns").write_text(MAP, encoding="utf-8")
    return ImportFolder(tmp_path, desk, Clock(NOW), frozenset({TENANT}), lambda: None)


def looks(folder: ImportFolder, times: int = 2) -> None:
    for _ in range(times):
        asyncio.run(folder.look())


def receipts(desk: Desk) -> list[str]:
    def work(session: Session) -> list[str]:
        return [outbox.view_of(session, row) for row in session.exec(select(OutboxRow)) if row.view]

    found = desk.run_now(work)
    return [view for view in found if '"folder.' in view]


def test_an_export_with_its_own_column_names_is_read_in_once_it_is_whole(
    folder: ImportFolder, desk: Desk, tmp_path: Path
) -> None:
    export = tmp_path / "cases-maj.csv"
    export.write_text(EXPORT.format(unit=UNIT, day="2026-05-05")[:40], encoding="utf-8")
    looks(folder, 1)
    export.write_text(EXPORT.format(unit=UNIT, day="2026-05-05"), encoding="utf-8")
    looks(folder, 1)
    assert export.exists(), "it has changed since the last look"

    looks(folder, 1)

    def work(session: Session) -> None:
        tenant = tenants.known(session, TENANT).id
        case = cases.find(session, tenant, "SN 2026/0002")
        assert case is not None
        assert (str(case.received_on), case.case_type) == ("2026-05-05", "barn")

    desk.run_now(work)
    assert not export.exists()
    [kept] = (tmp_path / "done").glob("*.txt")
    assert kept.read_text("utf-8").startswith("added: 2, changed: 0, unchanged: 0")
    [receipt] = receipts(desk)
    assert "folder.taken" in receipt
    assert "cases-maj.csv" in receipt


def test_both_receipts_name_the_lines_that_somebody_should_look_at(
    folder: ImportFolder, desk: Desk, tmp_path: Path
) -> None:
    (tmp_path / "cases.columns").unlink()
    rows = [f"{TENANT};SN 2026/{n:04};{UNIT};ada@example.invalid" for n in range(12)]
    (tmp_path / "cases.csv").write_text("\n".join(["tenant_id;case_ref;unit;lead_email", *rows]), encoding="utf-8")

    looks(folder)

    [kept] = (tmp_path / "done").glob("*.txt")
    assert "se efter enheten och personen: rad 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12, 13" in kept.read_text("utf-8")
    [receipt] = receipts(desk)
    assert '"folder.elsewhere"' in receipt
    assert "10, 11 …" in receipt


def test_a_refused_file_says_which_line_and_stores_nothing(folder: ImportFolder, desk: Desk, tmp_path: Path) -> None:
    (tmp_path / "cases.csv").write_text(EXPORT.format(unit=UNIT, day="i maj"), encoding="utf-8")
    looks(folder)

    def work(session: Session) -> None:
        assert cases.find(session, tenants.known(session, TENANT).id, "SN 2026/0001") is None

    desk.run_now(work)
    [kept] = (tmp_path / "refused").glob("*.txt")
    assert kept.read_text("utf-8").startswith("rad 3: ")
    assert "; inget sparades (BK-" in kept.read_text("utf-8")
    assert "i maj" not in kept.read_text("utf-8")
    [receipt] = receipts(desk)
    assert "folder.refused" in receipt
    assert "rad 3: " in receipt


@pytest.mark.usefixtures("folder")
def test_a_file_of_which_one_row_was_overtaken_is_not_said_to_be_left_out(desk: Desk, tmp_path: Path) -> None:
    (tmp_path / "cases.columns").unlink()
    rests: list[float] = []

    def somebody_else(seconds: float) -> None:
        rests.append(seconds)
        if len(rests) == 1:  # once the rows have been tried
            change(desk, "update cases set opened_on = '2026-02-01', decided_on = '2026-03-01'")

    taken = ImportFolder(tmp_path, desk, Clock(NOW), frozenset({TENANT}), lambda: None, somebody_else)
    rows = f"tenant_id,case_ref,unit,opened_on\n{TENANT},SN 2026/0001,{UNIT},\n"
    desk.run_now(lambda session: import_cases(session, rows.encode(), frozenset(), NOW, "cli:x"))
    rows = rows.replace(f"{UNIT},", f"{UNIT},2026-05-01") + f"{TENANT},SN 2026/0002,{UNIT},2026-05-01\n"
    (tmp_path / "cases.csv").write_text(rows, encoding="utf-8")
    looks(taken)

    [kept] = (tmp_path / "refused").glob("*.txt")
    assert "(BK-213)" in kept.read_text("utf-8")
    [receipt] = receipts(desk)
    assert "folder.partly" in receipt
    assert "folder.nothing" not in receipt


@pytest.mark.parametrize(
    ("name", "content", "code"),
    [
        ("nagot.csv", "a\n", "BK-546"),
        ("cases.csv", "Ärendenummer;Enhet\nSN 2026/0001;Norra\n", "BK-202"),
        ("cases 19121212-1212.csv", "a\n", "BK-340"),
        ("cases.csv", 'Ärendenummer;Enhet;Inkom\n"SN 2026/0001;Norra;\n', "BK-203"),
        ("cases.csv", "Ärendenummer;Enhet;Inkom\n\nSN 2026/0001;Norra\n", "BK-204"),
    ],
)
def test_what_cannot_be_read_is_refused_with_its_code(
    folder: ImportFolder, tmp_path: Path, name: str, content: str, code: str
) -> None:
    (tmp_path / name).write_text(content, encoding="utf-8")
    looks(folder)

    [kept] = (tmp_path / "refused").glob("*.txt")
    assert code in kept.read_text("utf-8")


@pytest.mark.parametrize("line", ["case_ref", "nothing: Ärende", "case_ref: A\ncase_ref: B", "case_ref:"])
def test_a_map_that_is_wrong_stops_the_file(folder: ImportFolder, tmp_path: Path, line: str) -> None:
    (tmp_path / "cases.columns").write_text(line, encoding="utf-8")
    (tmp_path / "cases.csv").write_text("a\n1\n", encoding="utf-8")
    looks(folder)

    [kept] = (tmp_path / "refused").glob("*.txt")
    assert "BK-497" in kept.read_text("utf-8")


def test_a_folder_that_is_gone_is_said(folder: ImportFolder, desk: Desk, tmp_path: Path) -> None:
    gone = ImportFolder(tmp_path / "gone", desk, Clock(NOW), frozenset(), lambda: None)

    with pytest.raises(Refusal, match="BK-496"):
        looks(gone, 1)


def test_a_map_that_is_not_utf8_stops_its_own_file_and_no_other(
    folder: ImportFolder, desk: Desk, tmp_path: Path
) -> None:
    (tmp_path / "cases.columns").write_bytes(MAP.encode("cp1252"))
    (tmp_path / "cases.csv").write_text(EXPORT.format(unit=UNIT, day="2026-05-05"), encoding="utf-8")
    register = f"tenant_id,email,name,unit,role\n{TENANT},bo@example.invalid,Bo,,manager\n"
    (tmp_path / "people.csv").write_text(register, encoding="utf-8")
    looks(folder)

    [kept] = (tmp_path / "refused").glob("*.txt")
    assert "BK-202" in kept.read_text("utf-8")
    assert len(receipts(desk)) == 2


def test_a_file_written_to_or_taken_back_while_it_is_read_is_not_put_away(
    folder: ImportFolder, desk: Desk, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    export = tmp_path / "cases.csv"
    export.write_text(EXPORT.format(unit=UNIT, day="2026-05-05"), encoding="utf-8")
    looks(folder, 1)
    then, more = Path.read_bytes, f"SN 2026/0003;z;{UNIT};2026-05-06\n"

    def while_read(path: Path) -> bytes:
        raw = then(path)
        with path.open("a", encoding="utf-8") as file:
            file.write(more)
        return raw

    def taken_back(path: Path) -> bytes:
        path.unlink()
        return then(path)

    with monkeypatch.context() as patched:
        patched.setattr(Path, "read_bytes", while_read)
        looks(folder, 1)
    assert export.exists(), "what was written meanwhile has not been read"
    assert receipts(desk) == []

    looks(folder)
    [kept] = (tmp_path / "done").glob("*.txt")
    assert kept.read_text("utf-8").startswith("added: 1, changed: 0, unchanged: 2")

    export.write_text(EXPORT.format(unit=UNIT, day="2026-05-05"), encoding="utf-8")
    looks(folder, 1)
    with monkeypatch.context() as patched:
        patched.setattr(Path, "read_bytes", taken_back)
        looks(folder, 1)
    assert len(receipts(desk)) == 1
