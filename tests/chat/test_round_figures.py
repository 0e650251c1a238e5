"""What is said with the figures of rounds: that they are not of a random sample, nearly all the same, or drifting."""

import json
from datetime import timedelta
from functools import partial
from pathlib import Path

import openpyxl
import pytest

from bot.commandline import exports
from checklists.calibration import NOT_ASKED, akts, questions
from checklists.loader import newest
from checklists.rates import Share
from reports.not_random import not_random
from reports.selected import Selection
from reports.workbook import Wanted, write_workbook
from storage.answers import AnswerRow
from storage.calibrations import CalibrationRow
from storage.cases import CaseRow
from storage.desk import Session
from storage.filled import FilledRow
from storage.round_cases import RoundCaseRow
from storage.round_readings import ReadingRow
from tests.chat.harness import NORTH, Room
from tests.chat.round_drive import adds, calibrates, drawn_for, draws, furnish, refs
from tests.chat.test_rounds import declares, opens, person

LIST = newest("peer_review_bou")
ITEM = LIST.asked["peer_reviewer"][0].id
FIRST = {"Hur ärendena väljs": "De först beslutade (inte slumpvis)"}


def read_twice(room: Room, answers: list[tuple[str, str]]) -> None:
    """Store double readings of one question in the first round, as many as there are pairs."""
    first, second = person(room, "cia"), person(room, "dan")
    north = room.case(refs()[0]).unit_id

    def work(session: Session) -> None:
        for number, pair in enumerate(answers):
            case = CaseRow(tenant_id=1, ref=f"SN 2026/{8000 + number}", unit_id=north, decided_on=room.now.date())
            session.add(case)
            session.flush()
            of = {"tenant_id": 1, "case_id": case.id, "round_id": 1}
            day = room.now.date()
            session.add(RoundCaseRow(**of, unit_id=north, decided_on=day, place=99, drawn=True, twice=True))
            for who, choice in zip((first, second), pair, strict=True):
                session.add(ReadingRow(**of, person_id=who, second=who == second, declared="none"))
                row = FilledRow(
                    **of,
                    **{"unit_id": north, "checklist": LIST.id, "version": LIST.version, "role": "peer_reviewer"},
                    **{"person_id": who, "begun_at": room.now},
                )
                session.add(row)
                session.flush()
                at = {"tenant_id": 1, "filled_id": row.id, "item_id": ITEM, "revision": 1, "at": room.now, "act": "t"}
                session.add(AnswerRow(**at, choice=choice))
        session.flush()

    room.desk.run_now(work)


def counted(room: Room, selection: Selection) -> Share:
    """Return how many of the selected lists are from rounds that are not random."""
    return room.desk.run_now(partial(not_random, selection=selection))


def test_where_nearly_all_answers_are_ja_the_card_warns_instead_of_a_kappa(room: Room) -> None:
    furnish(room, cases=1, protected=0)
    mona = draws(room.chat("mona"), twice=0)
    adds(mona, "cia", "dan").presses("Starta omgång")
    read_twice(room, [("ja", "ja")] * 31)
    mona.presses("Samstämmighet").sees("31 av 31 lika (100 procent)")
    mona.sees("nästan alla svar är samma: kappa skulle vilseleda och visas inte")
    assert "kappa 0" not in mona.text
    assert "De först beslutade" not in mona.text


def test_a_round_of_the_first_decided_is_called_so_wherever_it_shows(room: Room, tmp_path: Path) -> None:
    furnish(room, cases=2, protected=0)
    mona = draws(room.chat("mona"), {**FIRST, "Namn": "Först"}, twice=0).sees(
        "De först beslutade, inte slumpvis dragna: 2"
    )
    room.chat("cia").installs()
    adds(mona, "cia", "dan").presses("Starta omgång").sees("inte slumpvis dragna")
    mona.types("egenkontroll").sees("De först beslutade, inte slumpvis dragna")
    cia = room.chat("cia")
    ref = drawn_for(cia)[0]
    cia.sees("De först beslutade, inte slumpvis dragna: Först.")
    declares(cia, ref)
    calibrates(cia)
    opens(cia, ref)
    read_twice(room, [("ja", "nej")])
    mona.presses("Öppna").presses("Samstämmighet").sees("Inte slumpvis dragna, utan de först beslutade: Först.")

    share = counted(room, Selection())
    assert (share.k, share.n) == (3, 3)
    for selection in (Selection(role="case_worker"), Selection(unit="Ingen"), Selection(checklist="intake")):
        assert counted(room, selection).n == 0
    tomorrow = room.now.date() + timedelta(days=1)
    for selection in (Selection(first=tomorrow), Selection(last=tomorrow - timedelta(days=2))):
        assert counted(room, selection).n == 0
    file = tmp_path / "a.xlsx"
    write_workbook(room.desk.run_now, str(file), Wanted(Selection(unit=NORTH), room.now.date()))
    said = [str(row[0].value) for row in openpyxl.load_workbook(file)["Sammanfattning"].iter_rows()]
    assert any("3 av 3 listor är från omgångar med de först beslutade ärendena, inte slumpvis" in one for one in said)


def test_a_random_round_is_called_nothing_of_the_kind(room: Room, tmp_path: Path) -> None:
    furnish(room, cases=1, protected=0)
    mona = draws(room.chat("mona"), twice=0)
    adds(mona, "cia").presses("Starta omgång")
    read_twice(room, [("ja", "ja")])

    share = counted(room, Selection())
    assert (share.k, share.n) == (0, 2)
    drawn_for(room.chat("cia"))
    assert "slumpvis dragna" not in room.chat("cia").text
    assert "inte slumpvis" not in mona.text


def test_the_command_says_on_the_side_that_it_is_no_random_sample(
    room: Room, capsys: pytest.CaptureFixture[str]
) -> None:
    furnish(room, cases=1, protected=0)
    mona = draws(room.chat("mona"), FIRST, twice=0)
    adds(mona, "cia").presses("Starta omgång")
    exports._say_not_random(room.desk, Selection())
    assert capsys.readouterr() == ("", "")
    read_twice(room, [("ja", "ja")])
    exports._say_not_random(room.desk, Selection())
    out, told = capsys.readouterr()
    assert out == "", "nothing of it is in the file itself"
    assert "2 of 2 lists of reviewers" in told
    assert "BK-466" in told


def test_drift_of_the_calibrations_is_shown_at_the_next_round_and_never_of_few(room: Room) -> None:
    furnish(room, cases=4, protected=0)
    mona = draws(room.chat("mona"), {"Namn": "Ett"}, per_unit=1, twice=0)
    draws(mona, {"Namn": "Två"}, per_unit=1, twice=0)
    akt = akts(LIST.id)[0]
    right = {item.id: akt.key[item.id].answer for item in questions(akt, LIST.version)}
    half = dict(right)
    for name in list(half)[: len(half) // 2]:
        half[name] = NOT_ASKED if half[name] != NOT_ASKED else "ja"

    def calibrate(round_id: int, count: int, answers: dict[str, str]) -> None:
        def work(session: Session) -> None:
            for name in ("cia", "dan", "elsa", "fia")[:count]:
                at = {"tenant_id": 1, "checklist": LIST.id, "version": LIST.version, "akt": akt.id, "at": room.now}
                session.add(CalibrationRow(**at, person_id=ids[name], round_id=round_id, choices=json.dumps(answers)))

        room.desk.run_now(work)

    def shown() -> str:
        mona.types("egenkontroll").presses("Öppna")
        if "Samstämmighet" not in mona.buttons:
            adds(mona, "cia").presses("Starta omgång")
        return mona.presses("Samstämmighet").text

    ids = {name: person(room, name) for name in ("cia", "dan", "elsa", "fia")}
    calibrate(1, 4, right)
    assert "Kalibrering: 100 procent som kvalitetsansvarig." in shown()
    calibrate(2, 3, half)
    assert "Kalibrering: 100 procent som kvalitetsansvarig." in shown(), "three could be told apart"
    calibrate(2, 4, half)
    assert "Kalibrering: 50 procent som kvalitetsansvarig, 100 procent omgången före." in shown()
