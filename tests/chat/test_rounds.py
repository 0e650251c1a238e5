"""A whole round of the unit's own review, and what must not happen in one."""

import io
from collections import Counter
from pathlib import Path
from typing import TypeVar

import pytest
from sqlmodel import select

import app
from checklists.frame_file import COLUMNS, DRAW
from dialogs.views.rounds import coded
from reports.csv_out import write_csv
from reports.rounds import round_rows
from reports.selected import Selection
from storage import people
from storage.round_cases import RoundCaseRow
from storage.round_readings import ReadingRow
from storage.rounds import RoundRow
from tests.chat.harness import Chat, Room
from tests.chat.list_drive import takes_in
from tests.chat.round_drive import adds, calibrates, drawn_for, draws, furnish, refs, reviews

R = TypeVar("R")


def rows(room: Room, table: type[R]) -> list[R]:
    """Return every row of a table."""
    return room.desk.run_now(lambda session: list(session.exec(select(table)).all()))


def declares(chat: Chat, ref: str) -> Chat:
    """Say that she has not had a case; others may be on the card too."""
    place = drawn_for(chat).index(ref)
    undeclared = [row for row in chat.view.rows[:place] if len(row.buttons) == 2]  # type: ignore[union-attr]
    return chat.presses("Jag har inte haft ärendet", nth=len(undeclared))


def opens(chat: Chat, ref: str) -> Chat:
    """Begin a drawn case."""
    drawn_for(chat)
    view = chat.view
    assert view is not None
    assert view.kind == "panel"
    row = next(row for row in view.rows if row.title.args["ref"] == ref)
    title = "Börja granska"
    before = [one for one in view.rows[: view.rows.index(row)] if one.buttons[0].title.say == "buttons.begin_review"]
    return chat.presses(title, nth=len(before))


def test_a_reopened_case_is_in_the_frame_of_the_decision_that_was_taken_in_the_period(room: Room) -> None:
    furnish(room)
    for cells in ({"closed_on": "2026-04-10"}, {"opened_on": "2026-05-02"}, {"decided_on": "2026-05-11"}):
        takes_in(room, case_ref=refs()[2], **cells)

    draws(room.chat("mona")).sees("Beslutade ärenden: 11.")

    [one] = [row for row in rows(room, RoundCaseRow) if row.case_id == room.case(refs()[2]).id]
    assert str(one.decided_on) == "2026-03-03"


def test_a_whole_round_from_the_draw_to_an_honest_closing(room: Room) -> None:
    furnish(room)
    mona, cecilia = room.chat("mona"), room.chat("cecilia")
    names = ("ada", "ben", "cia", "dan", "elsa", "fia", "gun", "hans")
    for name in (*names, "cecilia"):
        room.chat(name).installs()

    # --- draw, reviewers, start
    draws(mona).sees("Beslutade ärenden: 11. Undantagna: 1 av 11 med skyddade personuppgifter")
    mona.sees("Dragna slumpvis: 10. Läses av två: 2. Frö: ")
    adds(mona, "ada", "ben", "cia", "dan", "elsa", "fia")
    adds(mona, "gun", **{"Tid, procent": "50"})
    adds(mona, "hans", **{"Borta från": "2026-05-01", "Borta till": "2026-07-01"})
    mona.sees("50 procent").sees("borta 2026-05-01–2026-07-01")
    mona.presses("Starta omgång").sees("Omgången har startat. Läsningar: 12,").sees("0 av 10 granskade.")

    given = rows(room, ReadingRow)
    ids = {name: person(room, name) for name in names}
    by_case = {room.case(ref).id: ref for ref in refs()}
    loads = Counter(one.person_id for one in given)
    assert (loads[ids["hans"]], loads[ids["gun"]]) == (0, 1)
    assert all(loads[ids[name]] in (1, 2) for name in names if name not in ("hans", "gun"))
    assert (ids["ada"], refs()[0]) not in {(one.person_id, by_case[one.case_id]) for one in given}
    assert (ids["ben"], refs()[1]) not in {(one.person_id, by_case[one.case_id]) for one in given}
    assert Counter(Counter(one.case_id for one in given).values()) == {1: 8, 2: 2}
    told = [name for name in names if any("granska" in str(r.view) for r in room.chat(name).prompts())]
    assert told == [name for name in names if name != "hans"]

    # --- one had the case: the manager gives it to another, without a new draw
    cia = room.chat("cia")
    mine = drawn_for(cia)
    seeds = [one.seed for one in rows(room, RoundRow)]
    cia.presses("Har haft ärendet").sees(f"{mine[0]} går till någon annan")
    assert drawn_for(cia) == mine[1:]
    mona.receives().sees("granskaren har haft ärendet").presses("Annan granskare")
    view = mona.view
    assert view is not None
    assert view.kind == "panel"
    options = next(field.options for field in view.fields if field.id == "to")
    assert coded(ids["cia"]) not in {one.value for one in options}
    mona.presses("Byt granskare", {"to": options[0].value}).sees("granskar ärendet nu.")
    assert [one.seed for one in rows(room, RoundRow)] == seeds
    assert Counter(one.ended for one in rows(room, ReadingRow)) == {"": 12, "had": 1}

    # --- every reviewer calibrates once, and reviews; the last of Fia's is left
    done = 0
    raised_by = ""
    for name in names:
        chat = room.chat(name)
        mine = drawn_for(chat)
        if not mine:
            continue
        declares(chat, mine[0])
        if name != "ada":
            chat.sees("Påhittad akt")
        calibrates(chat).sees("svar är som kvalitetsansvarigs.")
        for ref in mine if name != "fia" else mine[:-1]:
            if ref != mine[0]:
                declares(chat, ref)
            opens(chat, ref)
            if not raised_by:
                raised_by = name
                raises_now(chat, ref, cecilia)
            reviews(chat, "Ja" if done % 2 else "Nej")
            chat.sees("Inget saknas.")
            done += 1
    assert done == 11

    # --- an honest closing
    mona.types("egenkontroll").sees("9 av 10 granskade.").presses("Öppna").presses("Stäng omgång")
    mona.sees("Inte granskade: 1.").presses("Stäng omgång").sees("Kvar att välja: 1.")
    field = mona.view.fields[0].id  # type: ignore[union-attr]
    mona.presses("Stäng omgång", {field: "Tiden räckte inte"}).sees("Omgången är stängd. 9 av 10 granskade.")
    mona.sees("Tiden räckte inte").presses("Samstämmighet").sees("kappa visas från 30 dubbelläsningar")
    mona.sees("kalibrering: ")
    assert [one.why_not for one in rows(room, RoundCaseRow) if one.why_not] == ["no_time"]
    assert {one.act for one in room.events()} >= {
        *("round_made", "reviewer_added", "round_started", "case_given", "tie_declared", "case_moved", "calibrated"),
        *("raised", "raised_received", "round_closed"),
    }
    assert drawn_for(room.chat("fia")) == []


def raises_now(chat: Chat, ref: str, cecilia: Chat) -> None:
    """Raise a case from its first question; the chef receives it."""
    chat.presses("Ta upp nu")
    assert chat.text.split("\n")[1] == "Vid fara nu: ring chefen eller socialjouren"
    assert not [field for field in chat.card["body"] if field["type"] == "Input.Text"]
    chat.presses("Ta upp nu").sees("Besked har gått till: Cecilia Fiktiv")
    cecilia.receives()
    assert cecilia.text.split("\n")[1] == "Vid fara nu: ring chefen eller socialjouren"
    cecilia.sees(ref).presses("Mottaget").sees("Cecilia Fiktiv tog emot det 10:42.")
    chat.presses("Tillbaka till granskningen")
    assert chat.prompts()[-1].view.lines[0].say == "rounds.received"  # type: ignore[union-attr]


def person(room: Room, name: str) -> int:
    """Return a person's row id."""
    found = room.desk.run_now(lambda session: people.by_email(session, 1, f"{name}@example.invalid"))
    assert found is not None
    return found.id


# --- the draw, from outside ------------------------------------------------------------------------------------------


def exported(room: Room) -> bytes:
    """Return what `export --what rounds` writes."""
    found = room.desk.run_now(lambda session: list(round_rows(session, Selection())))
    out = io.StringIO(newline="")
    write_csv(out, COLUMNS, found)
    return out.getvalue().encode()


def test_the_command_repeats_the_draw_byte_for_byte_from_the_exported_frame(
    room: Room, tmp_path: Path, capfd: pytest.CaptureFixture[str]
) -> None:
    furnish(room)
    quota = {"Namn": "Våren, slump", "Minst så många med våld eller placering, per enhet": "2"}
    draws(room.chat("mona"), quota, per_unit=4)
    first = {"Namn": "Hösten, först", "Hur ärendena väljs": "De först beslutade (inte slumpvis)"}
    draws(room.chat("mona"), first, per_unit=3).sees("inte slumpvis dragna")
    raw, frame, out = exported(room), tmp_path / "ram.csv", tmp_path / "ut.csv"
    frame.write_bytes(raw)

    assert app.main(["draw", "--frame", str(frame), "--out", str(out)]) == 0
    assert out.read_bytes() == raw
    lines = raw.decode().splitlines()
    assert len(lines) == 21
    assert sum(";first;" in line for line in lines) == 10
    assert not [line for line in lines if refs(11)[-1] in line], "a protected identity"

    bare = [line.split(";") for line in lines]
    for name in DRAW:
        for cells in bare[1:]:
            cells[bare[0].index(name)] = ""
    frame.write_text("\r\n".join(";".join(cells) for cells in reversed(bare[1:])).join([lines[0] + "\r\n", "\r\n"]))
    assert app.main(["draw", "--frame", str(frame)]) == 0
    assert sorted(capfd.readouterr().out.encode().splitlines()) == sorted(raw.splitlines())

    takes_in(room, case_ref=refs()[0], protected_identity="ja")
    later = exported(room)
    frame.write_bytes(later)
    assert refs()[0].encode() not in later
    assert app.main(["draw", "--frame", str(frame), "--out", str(out)]) == 0
    assert out.read_bytes() == later
    old = later.replace(b";under_way", b"").replace(b";1;0;0;", b";1;0;")
    frame.write_bytes(old)  # as the release before wrote it
    assert app.main(["draw", "--frame", str(frame), "--out", str(out)]) == 0
    assert out.read_bytes() == old

    turned = raw.replace(b";1;ja;", b";9;ja;", 1)
    frame.write_bytes(turned)
    assert app.main(["draw", "--frame", str(frame), "--out", str(out)]) == 1
    assert "BK-460" in capfd.readouterr().err
    some = ((b";random;", b";loaded;", "BK-461"), (b";4;2;", b";x;2;", "BK-461"), (b";4;2;", b";5;2;", "BK-462"))
    for was, now, code in some:
        frame.write_bytes(raw.replace(was, now, 1))
        assert app.main(["draw", "--frame", str(frame), "--out", str(out)]) == 1
        assert code in capfd.readouterr().err
    assert app.main(["draw", "--frame", str(tmp_path / "none.csv")]) == 1
