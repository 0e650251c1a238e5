"""What may be said beside a Ja in one press: the outcome of a police report, a version, the kind of source."""

import pytest
from sqlmodel import select

from checklists.tenant_settings import parse_setting
from reports.answers import COLUMNS, answer_rows
from reports.selected import Selection
from storage import tenants
from storage.desk import Session
from storage.filled import FilledRow
from storage.tenants import TenantRow
from tests.chat.drive import TEXTS, answers_card, fills, opens
from tests.chat.harness import REF, TENANT, Chat, Room
from tests.chat.list_drive import CHILD, begins, furnish, presses_through, rows_of, speaks
from tests.chat.lived import lived_once
from tests.chat.read_drive import ALL
from tests.sql.import_files import import_answers
from texts import Language

REPORT, WHY, BOXES = "police_report_decided", "police_report_motivated", "communication_boxes_filled"
DAY = "2026-05-11"


@pytest.fixture
@lived_once
def asked(anna: Chat) -> Chat:
    """Anna at the card for the reason, once she has said that a decision was taken."""
    fills(opens(anna, **{**ALL, "violence": "ja"}), until=REPORT).presses("Ja")
    assert (anna.kind(), anna.view.items) == ("motivation", (WHY,))  # type: ignore[union-attr]
    return anna


def kept(chat: Chat, item_id: str) -> tuple[str, str, str]:
    """Return the answer, the way and the day that are stored."""
    row = chat.written(item_id)
    return row.choice, row.option, str(row.day or "")


def test_the_outcome_and_its_day_are_kept_and_so_is_what_was_written(asked: Chat) -> None:
    asked.sees("Vad blev beslutet?").presses("Anmäls inte", {"motivation": TEXTS["motivation"]})
    asked.sees("Sparat: Anmäls inte.", "utkast", "Vilken dag fattades det?")
    assert asked.kind() == "detail"

    asked.presses("Spara", {"Vilken dag fattades det?": DAY}).sees(TEXTS["motivation"])

    assert kept(asked, REPORT) == ("ja", "not_reported", DAY)
    assert asked.kind() == "motivation"
    asked.presses("Spara")
    assert asked.written(WHY).motivation == TEXTS["motivation"]
    fills(asked).sees("Anmäls inte", DAY)


def test_the_day_may_be_left_out_and_costs_nothing_who_says_nothing(asked: Chat) -> None:
    presses = asked.presses_made
    asked.presses("Anmäls").presses("Hoppa över")
    assert (asked.kind(), kept(asked, REPORT)) == ("motivation", ("ja", "reported", ""))
    assert asked.presses_made == presses + 2
    asked.sees_no("Vad blev beslutet?").presses("Spara", {"motivation": TEXTS["motivation"]})
    assert asked.kind() == "question"


@pytest.mark.parametrize(
    ("line", "stored"),
    [
        (f"ja, anmäls, {DAY}", ("ja", "reported", DAY)),
        ("ja, anmäls inte", ("ja", "not_reported", "")),
        ("ja, anmäls, 2026-05-13", ("ja", "reported", "")),  # only the day is refused
        (f"ja, anmäls {DAY}", ("ja", "reported", DAY)),
        (f"ja, anmäls inte den {DAY}", ("ja", "not_reported", DAY)),
        ("ja, anmäls 10 maj", ("ja", "reported", "")),
        ("ja, anmäls, i måndags", ("ja", "reported", "")),
    ],
)
def test_it_may_be_written_after_the_answer(anna: Chat, line: str, stored: tuple[str, str, str]) -> None:
    fills(opens(anna, **{**ALL, "violence": "ja"}), until=REPORT).types(line)

    assert kept(anna, REPORT) == stored
    assert anna.kind() == "motivation"
    assert anna.stored("police_report_motivated") == ""
    if line.endswith("13"):
        anna.sees("inte varit än")
    if line.endswith(("maj", "måndags")):
        anna.sees("datumet kunde inte läsas")


def test_a_day_of_nothing_is_not_stored_as_anything(anna: Chat) -> None:
    fills(opens(anna, **{**ALL, "violence": "ja"}), until=REPORT).types(f"ja, {DAY}").sees("inget sparades")
    assert anna.revisions(REPORT) == []
    anna.types("ja")
    assert kept(anna, REPORT) == ("ja", "", "")


@pytest.mark.parametrize("line", [f"anmäls {DAY}", "Anmäls, 10 maj", "ja, anmäls", "ja anmäls i måndags"])
def test_the_button_with_its_day_is_no_motivation_and_the_day_is_asked_for(asked: Chat, line: str) -> None:
    asked.types(line)

    assert (asked.kind(), kept(asked, REPORT)) == ("detail", ("ja", "reported", ""))
    assert asked.stored("police_report_motivated") == ""


@pytest.mark.parametrize("line", ["anmäls inte, brottet är preskriberat", "anmäls inte då barnet är 2 år"])
def test_the_button_with_a_reason_is_the_motivation(asked: Chat, line: str) -> None:
    asked.types(line)

    assert asked.written("police_report_motivated").motivation == line


def test_the_words_on_the_button_are_no_motivation(asked: Chat) -> None:
    asked.types("anmäls inte")
    assert (asked.kind(), kept(asked, REPORT)) == ("detail", ("ja", "not_reported", ""))
    asked.types("2026-05-31").sees("inte varit än").types(DAY)
    assert (asked.kind(), kept(asked, REPORT)) == ("motivation", ("ja", "not_reported", DAY))
    assert asked.revisions(WHY) == []


def test_a_personal_number_beside_it_is_said_and_kept_nowhere(asked: Chat, room: Room) -> None:
    number = "121212-1212"
    asked.presses("Anmäls", {"motivation": f"mamman {number}"}).sees("personnummer").sees_no(number)
    assert kept(asked, REPORT)[1] == "reported"
    assert not [row for rows in room.content().values() for row in rows if number in row]


def test_a_motivation_given_meanwhile_stands(asked: Chat) -> None:
    card = asked.shown
    asked.types("Påhittad motivering som hann före")
    asked.presses("Anmäls", {"motivation": TEXTS["motivation"]}, on=card)
    assert kept(asked, REPORT)[1] == "reported"
    assert asked.written(WHY).motivation == "Påhittad motivering som hann före"


def test_the_version_of_the_document_is_the_latest_or_one_with_a_day(anna: Chat) -> None:
    fills(opens(anna, **ALL), until=BOXES).presses("Ja").sees("Vilken version av dokumentet?")
    anna.presses("Senaste versionen")
    assert (anna.kind(), kept(anna, BOXES)) == ("question", ("ja", "latest", ""))

    anna.types("ändra 7").presses("Ja").sees_no("Vilken version").types("ändra 7")
    anna.types("ja, en tidigare version")
    assert kept(anna, BOXES) == ("ja", "dated", "")
    anna.types("ändra 7").presses("Nej").types("ändra 7").presses("Ja").presses("En tidigare version")
    anna.presses("Spara", {"Vilket datum har versionen?": DAY})
    assert kept(anna, BOXES) == ("ja", "dated", DAY)


def test_on_the_form_it_stands_below_the_answer_and_a_day_alone_is_asked_about(anna: Chat) -> None:
    opens(anna, **{**ALL, "violence": "ja"}).types("formulär").sees_no("Vad blev beslutet?")
    anna.presses("Spara", {REPORT: "ja"}).types("formulär").presses("Spara", {f"{REPORT}.day": DAY}).sees("Ange vilken")
    assert kept(anna, REPORT) == ("ja", "", "")
    anna.types("formulär").presses("Spara", {f"{REPORT}.options": "reported", f"{REPORT}.day": DAY})
    assert kept(anna, REPORT) == ("ja", "reported", DAY)


def test_a_siblings_card_offers_nothing_about_the_first_child(anna: Chat) -> None:
    opens(anna, children=2, **ALL)
    fills(anna, {REPORT: "ja"}, until=WHY).types("tillbaka").presses("Ja").sees("Vad blev beslutet?")
    anna.presses("Anmäls").presses("Hoppa över").presses("Spara", {"motivation": TEXTS["motivation"]})
    assert kept(anna, REPORT) == ("ja", "reported", "")


def test_it_leaves_in_columns_of_its_own(asked: Chat, room: Room) -> None:
    asked.presses("Anmäls").presses("Spara", {"Vilken dag fattades det?": DAY})
    rows = [dict(zip(COLUMNS, row, strict=True)) for row in answer_rows(room.desk.run_now, Selection())]
    (row,) = (row for row in rows if row["item"] == REPORT)
    assert (row["version"], row["answer"], row["option"], row["on"]) == ("2", "ja", "reported", DAY)


def test_a_list_of_the_first_version_is_asked_as_before(anna: Chat, room: Room) -> None:
    opens(anna, **{**ALL, "violence": "ja"})
    back = f"update filled_checklist set version = 1 where case_id = {room.case(REF).id}"
    room.desk.run_now(lambda session: session.connection().exec_driver_sql(back))
    anna.types(f"fortsätt {REF}")
    fills(anna, until=REPORT).presses("Ja").sees_no("Vad blev beslutet?")
    fills(anna).sees("Inget saknas.")
    assert room.desk.run_now(lambda session: [row.version for row in session.exec(select(FilledRow)).all()]) == [1]


# --- the kind of source ----------------------------------------------------------------------------------------------

RISK, INFORMED = "further_violence_risk_assessed", "child_informed_report"


def marks(room: Room, *questions: str) -> None:
    """Have the municipality mark some questions of the decision basis."""

    def work(session: Session) -> None:
        tenant = session.exec(select(TenantRow)).one()
        tenants.set_setting(tenant, "ask_source", parse_setting("ask_source", ",".join(questions)))

    room.desk.run_now(work)


def test_the_kind_of_source_is_one_press_after_ja_where_the_municipality_asks_for_it(anna: Chat, room: Room) -> None:
    marks(room, f"decision_basis/{RISK}")
    opens(anna, **{**ALL, "violence": "ja", "child_placed": "ja"}).types("ändra 12").presses("Ja")
    anna.sees("Vad bygger svaret på?").presses("Aktanteckning").sees("Sparat: Aktanteckning.")
    assert kept(anna, RISK) == ("ja", "source_file_note", "")
    fills(anna).sees("Aktanteckning")
    rows = [dict(zip(COLUMNS, row, strict=True)) for row in answer_rows(room.desk.run_now, Selection())]
    assert {row["item"]: row["option"] for row in rows if row["option"]} == {RISK: "source_file_note"}


def test_on_the_information_card_one_press_is_about_all_that_are_marked_and_ja(anna: Chat, room: Room) -> None:
    marks(room, f"decision_basis/{INFORMED}", "decision_basis/child_informed_decision")
    fills(opens(anna, **ALL), until=INFORMED)
    answers_card(anna, {"child_informed_intervention": "pagaende"}).sees("Vad bygger svaret på?")
    anna.presses("Samtal med barnet")
    stored = {item: kept(anna, item)[1] for item in (INFORMED, "child_informed_investigation")}
    assert stored == {INFORMED: "source_talk", "child_informed_investigation": ""}
    assert kept(anna, "child_informed_decision") == ("ja", "source_talk", "")
    anna.sees_no("Vad bygger svaret på?")


def test_where_nothing_is_marked_nothing_more_is_asked(anna: Chat) -> None:
    fills(opens(anna, **ALL), until=INFORMED)
    answers_card(anna, {}).sees_no("Vad bygger svaret på?")
    fills(anna).sees_no("Vad bygger svaret på?")


def test_the_source_comes_in_from_a_file_as_it_left(anna: Chat, room: Room) -> None:
    marks(room, f"decision_basis/{INFORMED}")
    fills(opens(anna, **ALL), until=INFORMED)
    answers_card(anna, {}).presses("Via annan")
    rows = [list(COLUMNS), *answer_rows(room.desk.run_now, Selection())]
    raw = "\n".join(";".join(row) for row in rows).encode()
    came = room.desk.run_now(lambda session: import_answers(session, raw, frozenset({TENANT}), room.now, "cli:test"))
    assert (came.added, came.changed) == (0, 0)


@pytest.mark.parametrize(
    ("language", "line", "stored", "noted"),
    [
        ("sv", "ja, via annan", "source_other_person", False),
        ("en", "yes, note in the file", "source_file_note", False),
        ("sv", "ja, via annan och aktanteckning", "", True),
        ("sv", "ja, via barnets mormor", "", True),
    ],
)
def test_the_source_written_after_ja_is_no_reservation(
    anna: Chat, room: Room, language: Language, line: str, stored: str, noted: bool
) -> None:
    marks(room, f"decision_basis/{RISK}")
    opens(speaks(anna, language), **{**ALL, "violence": "ja"}).types("ändra 12").types(line)
    assert (kept(anna, RISK), bool(anna.written(RISK).note)) == (("ja", stored, ""), noted)
    before = len(anna.revisions(RISK))
    anna.types("ändra 12").types(line)
    assert len(anna.revisions(RISK)) == before


def test_where_the_question_is_not_marked_the_same_words_are_a_reservation(anna: Chat) -> None:
    opens(anna, **{**ALL, "violence": "ja"}).types("ändra 12").types("ja, via annan")
    assert (kept(anna, RISK), anna.written(RISK).note) == (("ja", "", ""), "via annan")


def test_the_source_of_the_last_question_stands_on_the_summary_and_can_be_typed_there(room: Room) -> None:
    furnish(room)
    marks(room, "sample_audit/child_heard")
    vera = presses_through(begins(room.chat("vera"), "sample_audit", CHILD))
    vera.sees("Inget saknas", "Vad bygger svaret på?").presses("Samtal med barnet")
    assert rows_of(room, "sample_audit", "auditor", CHILD)["child_heard"].option == "source_talk"
    vera.sees_no("Vad bygger svaret på?").types("ändra 10").presses("Nej")
    vera.types("ändra 10").types("ja").sees("Vad bygger svaret på?").types("aktanteckning")
    assert rows_of(room, "sample_audit", "auditor", CHILD)["child_heard"].option == "source_file_note"


def test_a_day_corrected_later_takes_no_source_away(room: Room) -> None:
    furnish(room)
    marks(room, "intake/protection_assessment_date_shown")
    anna = begins(room.chat("anna"), "intake", CHILD).presses("Ja").presses("Ja")
    anna.is_asked("protection_assessment_date_shown").types("ja, aktanteckning, 2026-05-06")

    def stored() -> tuple[str, str]:
        row = rows_of(room, "intake", "case_worker", CHILD)["protection_assessment_date_shown"]
        return row.option, str(row.day)

    assert stored() == ("source_file_note", "2026-05-06")
    anna.types("formulär").presses("Spara", {"protection_assessment_date_shown.day": "2026-05-07"})
    assert stored() == ("source_file_note", "2026-05-07")
