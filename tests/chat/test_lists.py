"""Every list, by each role that answers it: typed, pressed, by form, in both languages."""

from typing import get_args

import pytest
from sqlmodel import select

from actions.answers import Detail, set_detail
from actions.basis import read_own
from actions.origin import of_person
from checklists.csv_in import BadCsv
from checklists.errors import AnswerNotAllowed
from checklists.loader import newest
from checklists.model import CASE_TYPE, CHILDREN, Answer, ListId, Role
from checklists.rules import Applied
from imports.common import Imported
from reports.answers import COLUMNS as ANSWER_COLUMNS
from reports.answers import answer_rows
from reports.checklists import checklist_rows
from reports.rates import COLUMNS, rate_rows
from reports.selected import Selection
from reports.table import one_after_another, tables
from storage import aggregates, cases
from storage.answers import AnswerRow, history, read
from storage.desk import Session
from storage.filled import FilledRow
from tests.chat.drive import opens
from tests.chat.harness import NORTH, REF, TENANT, Chat, Room, move_in
from tests.chat.list_drive import (
    ADULT,
    ADULT_UNIT,
    CHILD,
    DAY,
    begins,
    forms_through,
    furnish,
    is_drawn,
    presses_through,
    rows_of,
    speaks,
    starts,
    takes_in,
    types_through,
    words,
)
from tests.chat.read_drive import begins as begins_reading
from tests.chat.read_drive import reads, sent
from tests.sql.conftest import scalar
from tests.sql.import_files import import_answers
from texts import LANGUAGES, Language

WHO: tuple[tuple[ListId, str, Role, str], ...] = (
    ("decision_basis", "anna", "case_worker", CHILD),
    ("decision_basis", "cecilia", "unit_manager", CHILD),
    ("intake", "anna", "case_worker", CHILD),
    ("intake", "cecilia", "unit_manager", CHILD),
    ("rvt_case_round", "hugo", "unit_manager", ADULT),
    ("rvt_case_round", "dag", "unit_manager", ADULT),
    ("rvt_self_check", "hugo", "unit_manager", ADULT),
    ("rvt_self_check", "greta", "peer_reviewer", ADULT),
    ("peer_review_bou", "greta", "peer_reviewer", CHILD),
    ("sample_audit", "vera", "auditor", CHILD),
)
"""Everybody who answers a list. Dag stands in for Hugo: he answers in the chef's role."""
WAYS = [(how, language) for how in ("press", "type", "form") for language in LANGUAGES]
EVERY = [
    pytest.param(*who, *way, marks=() if (place + nth) % 3 == 0 else pytest.mark.slow)
    for place, who in enumerate(WHO)
    for nth, way in enumerate(WAYS)
    if who[:3] != ("decision_basis", "cecilia", "unit_manager") or way[0] == "form"  # the reading is a form
]
"""In the suite, two of the six ways of each; all of them in the long form."""


def test_everybody_who_answers_a_list_is_among_them() -> None:
    answering = {(one.id, role) for one in map(newest, get_args(ListId)) for role in one.answered_by}
    assert {(checklist, role) for checklist, _, role, _ in WHO} == answering


@pytest.mark.parametrize(("checklist", "name", "role", "ref", "how", "language"), EVERY)
def test_the_list_is_filled_in_to_the_end_counted_and_exported(
    room: Room, checklist: ListId, name: str, role: Role, ref: str, how: str, language: Language
) -> None:
    furnish(room)
    if (checklist, role) == ("decision_basis", "unit_manager"):
        fills_in(room.chat("anna"), checklist, ref, "press").presses("Skicka till chef")
        chat = speaks(room.chat(name).installs(), language).types("to read" if language == "en" else "att läsa")
        reads(chat.presses(words(chat, "buttons.start_reading")))
        assert chat.kind() == "reading"
    else:
        chat = fills_in(speaks(room.chat(name), language), checklist, ref, how)
        assert chat.kind() == "summary"
        chat.sees({"sv": "Inget saknas.", "en": "Nothing is missing."}[language])

    states, counted = states_of(room, checklist, role, ref), rates(room, checklist, role)
    assert len(states) > 2
    for item_id, state in states.items():
        applicable = str(int(state != "ej_tillampligt"))
        assert counted[item_id]["cases"] == counted[item_id][state] == "1"
        assert counted[item_id]["applicable"] == counted[item_id]["answered"] == applicable
    rows = [row for row in exported(room, checklist) if row["role"] == role]
    assert {(row["item"], row["answer"]) for row in rows} == set(states.items())
    assert {row["version"] for row in rows} == {str(newest(checklist).version)}


def states_of(room: Room, checklist: ListId, role: Role, ref: str) -> dict[str, str]:
    """Return what the rules say of every question that was answered, also of one that no longer applies."""
    rows = rows_of(room, checklist, role, ref)
    case_type = room.case(ref).case_type
    facts = {**room.chat("anna").facts(ref=ref), CASE_TYPE: case_type, CHILDREN: "some"}
    given = {item_id: Answer(row.choice) for item_id, row in rows.items()}
    applied = Applied(newest(checklist), facts, given)
    return {item_id: applied.state(item_id) for item_id in rows}


def fills_in(chat: Chat, checklist: ListId, ref: str, how: str) -> Chat:
    """Begin a list and answer it to the end, in one of three ways."""
    if how != "form":
        begins(chat, checklist, ref, how)
        return (presses_through if how == "press" else types_through)(chat)
    chat.types(f"ny {checklist} {ref}")
    if chat.kind() == "facts":
        starts(chat, title="buttons.form")
    else:
        chat.types(f"formulär {checklist} {ref}")
    return forms_through(chat)


# --- figures and exports ---------------------------------------------------------------------------------------------


def rates(room: Room, checklist: ListId, role: Role) -> dict[str, dict[str, str]]:
    """Return the rows of `export --what rates` by item."""

    def work(session: Session) -> list[list[str]]:
        while aggregates.project_new(session, wait=True):
            pass
        return list(rate_rows(session, Selection(checklist=checklist, role=role), room.now.date()))

    rows = room.desk.run_now(work)
    return {row[3]: dict(zip(COLUMNS, row, strict=True)) for row in rows}


def exported(room: Room, checklist: ListId) -> list[dict[str, str]]:
    """Return the rows of `export --what answers`."""
    rows = answer_rows(room.desk.run_now, Selection(checklist=checklist))
    return [dict(zip(ANSWER_COLUMNS, row, strict=True)) for row in rows]


# --- the auditor -----------------------------------------------------------------------------------------------------

TWIN = "SN 2026/0701"
METHODS = {"standardised_method_used": "FREDA, BBIC"}


def test_ten_questions_typed_are_the_same_table_as_from_a_file(room: Room) -> None:
    furnish(room)
    vera = room.chat("vera")
    begins(vera, "sample_audit", CHILD)
    given = {
        "investigation_opened_without_delay": "nej",
        "running_journal_kept": "delvis",
        "reason_for_ending_intervention_documented": "pagaende",
        "child_heard": "ja",
    }
    types_through(vera, given)
    vera.types("ändra 10")
    vera.presses("Kommentera").presses("Spara", {"Kommentar": "Påhittad fotnot: förskolan tillfrågad"})
    room.chat("vera").types("ändra 2")
    typed = the_table(room)

    other = Room(room.desk, now=room.now)
    dispose(other)
    words = {"ja": "Ja", "nej": "Nej", "delvis": "Delvis", "pagaende": "Pågående"}
    lines = ["tenant_id;case_ref;checklist;role;child;item;answer;method;note"]
    for item in newest("sample_audit").items:
        answer = words[given.get(item.id, "ja")]
        method, note = METHODS.get(item.id, ""), ""
        note = "Påhittad fotnot: förskolan tillfrågad" if item.id == "child_heard" else ""
        lines.append(f"{TENANT};{CHILD};sample_audit;auditor;;{item.id};{answer};{method};{note}")
    raw = "\n".join(lines).encode()
    room.desk.run_now(lambda session: import_answers(session, raw, frozenset({TENANT}), room.now, "cli:test"))

    assert the_table(room) == typed
    assert len(typed) > len(newest("sample_audit").items)


def the_table(room: Room) -> list[list[str]]:
    return list(one_after_another(tables(room.desk.run_now, Selection(checklist="sample_audit"))))


def dispose(room: Room) -> None:
    """Take the auditor's own list away, as if it had never been."""

    def work(session: Session) -> None:
        for table in ("answer", "filled_checklist"):
            session.connection().exec_driver_sql(f"delete from {table}")

    room.desk.run_now(work)


def test_what_was_under_way_is_asked_of_the_auditor_again(either_room: Room) -> None:
    room = either_room
    furnish(room)
    vera = begins(room.chat("vera"), "sample_audit", CHILD)
    types_through(vera, {"intervention_followup_documented": "pagaende", "running_journal_kept": "delvis"})
    for days in (1, 6):
        room.later(days=days)
        room.sweeps()
        assert vera.reminded() == 0
    room.later(days=1)  # five working days, of which one is Ascension Day
    room.sweeps()
    assert vera.reminded() == 1
    vera.receives().sees("pågick när du granskade, 2026-05-12", "Dokumenteras uppföljning av beslutade insatser?")
    vera.sees_no("löpande journal", "skäl vid avslutandet")
    takes_in(room, case_ref=CHILD, received_on="2026-04-01", closed_on="2026-05-12")  # closed, and audited all the same
    reminder = vera.shown
    vera.presses(f"Fortsätt {CHILD}").sees("Revisorns stickprov").presses("Ja", on=reminder).sees("Sammanfattning")
    assert rows_of(room, "sample_audit", "auditor", CHILD)["intervention_followup_documented"].choice == "ja"
    room.later(days=1)
    room.sweeps()
    assert vera.reminded() == 0


def test_the_auditor_who_says_not_yet_is_asked_once_more(room: Room) -> None:
    furnish(room)
    vera = begins(room.chat("vera"), "sample_audit", CHILD)
    types_through(vera, {"intervention_followup_documented": "pagaende"})
    takes_in(room, case_ref=CHILD, received_on="2026-04-01", closed_on="2026-05-12")
    room.later(days=8)
    room.sweeps()
    vera.receives().presses("Inte än").sees(f"Det som pågår i {CHILD} står kvar som Pågår. Jag frågar igen 2026-06-03.")
    reminded = []
    for _ in range(40):
        room.later(days=1)
        room.sweeps()
        reminded += [str(room.now.date())] * vera.reminded()
    assert reminded == ["2026-06-03"]
    vera.presses("Inte än").sees("Jag påminner inte om det igen.")
    assert rows_of(room, "sample_audit", "auditor", CHILD)["intervention_followup_documented"].choice == "pagaende"
    vera.types("mina ärenden").sees("1 står som Pågår")


def test_nothing_is_asked_again_of_who_may_see_the_case_no_more(room: Room) -> None:
    furnish(room)
    vera = begins(room.chat("vera"), "sample_audit", CHILD)
    types_through(vera, {"intervention_followup_documented": "pagaende"})
    begins(vera, "sample_audit", ADULT).types("pågår")
    takes_in(room, case_ref=CHILD, protected_identity="ja")
    room.later(days=8)
    room.sweeps()
    assert vera.reminded() == 1
    vera.receives().sees(ADULT).sees_no(CHILD)
    vera.presses("Påminn i morgon")
    move_in(room.desk, ("vera", "Vera Revisorsson", "", "auditor"), days="2026-05-01,2026-05-20")
    room.later(days=1)
    room.sweeps()
    assert vera.reminded() == 0


def test_free_text_from_a_file_is_coded_later_and_the_words_are_kept(room: Room) -> None:
    furnish(room)
    plan = "care_and_implementation_plan"

    def brings(answer: str) -> Imported:
        cells = f"{TENANT};{CHILD};sample_audit;auditor;{plan};{answer}"
        raw = f"tenant_id;case_ref;checklist;role;item;answer\n{cells}".encode()
        return room.desk.run_now(lambda session: import_answers(session, raw, frozenset({TENANT}), room.now, "cli:t"))

    brings("Vårdplan ja, genomförandeplan nej, SIP ja")
    assert rates(room, "sample_audit", "auditor")[plan]["fritext"] == "1"
    assert brings("Delvis").changed == 1

    counted = rates(room, "sample_audit", "auditor")[plan]
    assert (counted["fritext"], counted["delvis"]) == ("0", "1")

    def kept(session: Session) -> list[str]:
        row = session.exec(select(FilledRow)).one()
        return [read(session, row, one).raw for one in history(session, row.id)]

    assert room.desk.run_now(kept) == ["Vårdplan ja, genomförandeplan nej, SIP ja", "Delvis"]


def test_a_case_that_was_not_drawn_joins_the_sample_as_chosen_by_hand(room: Room) -> None:
    furnish(room)
    vera = room.chat("vera")

    vera.types(f"ny {CHILD}")

    vera.is_asked("investigation_opened_without_delay").sees("vald för hand", "Revisorns stickprov")
    assert [event.detail for event in room.events("list_begun")] == ["by_hand"]
    vera.types("mina ärenden").sees(CHILD, "vald för hand", "Revisorns stickprov: 0 av 10")
    vera.presses(f"Fortsätt {CHILD}").is_asked("investigation_opened_without_delay")


def test_ja_on_the_methods_needs_a_method_and_the_summary_leads_to_it(room: Room) -> None:
    furnish(room)
    vera = begins(room.chat("vera"), "sample_audit", CHILD)
    vera.types("ja").types("ja")
    assert vera.kind() == "detail"
    assert "Hoppa över" not in vera.buttons
    vera.presses("Spara").sees("Ange vilken")
    vera.types("SN 2026")  # a method in words, as nothing on the card is called that
    assert rows_of(room, "sample_audit", "auditor", CHILD)["standardised_method_used"].option == "another"
    vera.types("ändra 2").presses("Delvis").types("ändra 2").presses("Ja").types("tillbaka").types(
        f"vad saknas {CHILD}"
    )
    vera.sees("standardiserade bedömningsmetoder")
    vera.presses("Besvara 2")
    assert vera.kind() == "detail"
    vera.types("asi och freda")
    assert rows_of(room, "sample_audit", "auditor", CHILD)["standardised_method_used"].option == "freda,asi"


def test_a_method_that_was_left_out_is_asked_for_at_the_end(room: Room) -> None:
    furnish(room)
    vera = begins(room.chat("vera"), "sample_audit", CHILD).types("ja").types("ja")
    assert vera.kind() == "detail"
    vera.types("hoppa över").is_asked("risk_protection_assessment_documented")
    for _ in range(8):
        vera.types("ja")
    assert vera.kind() == "detail"
    vera.types("BBIC").sees("Inget saknas.")


def test_a_case_that_is_named_almost_rightly_is_offered_for_another_list(room: Room) -> None:
    furnish(room)
    almost = CHILD.replace("/0", "-")
    vera = room.chat("vera").types(f"ny stickprov {almost}").sees(f"Menade du ”ny stickprov {CHILD}”?")
    vera.presses(f"ny stickprov {CHILD}").sees(CHILD)
    room.chat("vera").types(f"ny {almost}").sees(f"Menade du ”ny {CHILD}”?")
    room.chat("hugo").types(f"ny kretsgenomgång {almost}").sees_no(CHILD)


def test_an_unknown_fact_is_asked_once_and_stored_for_the_case(room: Room) -> None:
    furnish(room)
    takes_in(room, case_ref=TWIN, unit=NORTH, lead_email="anna@example.invalid")
    vera = room.chat("vera").types(f"ny stickprov {TWIN}")

    vera.sees("Beslutas om insats?").types("nej")

    presses_through(vera)
    assert len(rows_of(room, "sample_audit", "auditor", TWIN)) == 7
    assert vera.facts(ref=TWIN) == {"intervention_decided": "nej"}


def test_a_case_with_protected_identity_does_not_exist_for_those_outside(room: Room) -> None:
    furnish(room)
    takes_in(room, case_ref=TWIN, unit=NORTH, protected_identity="ja")
    for name, list_id in (("vera", "sample_audit"), ("greta", "peer_review_bou")):
        chat = room.chat(name)
        there = chat.types(f"ny {list_id} {TWIN}").said
        assert there == chat.types(f"ny {list_id} SN 2026/9999").said
        assert "finns inte" in there or "öppna" in there
    assert not room.count(FilledRow)


# --- reviewers -------------------------------------------------------------------------------------------------------


def test_nobody_reviews_a_case_she_has_had(room: Room) -> None:
    furnish(room)
    move_in(room.desk, ("anna", "Anna Påhittad", NORTH, "peer_reviewer"), ("bo", "Bo Exempel", NORTH, "peer_reviewer"))
    anna, bo = room.chat("anna"), room.chat("bo")
    refused = anna.types(f"ny peer_review_bou {CHILD}").said
    assert refused == anna.types("ny peer_review_bou SN 2026/9999").said

    assert bo.types(f"ny peer_review_bou {CHILD}").said == refused, "it is drawn for another"
    is_drawn(room, "bo", "peer_review_bou", CHILD)
    assert bo.types(f"ny peer_review_bou {CHILD}").kind() == "question"
    takes_in(room, case_ref=CHILD, lead_email="bo@example.invalid")
    takes_in(room, case_ref=CHILD, lead_email="eva@example.invalid")

    assert anna.types(f"ny peer_review_bou {CHILD}").said == refused, "she was its lead once"
    assert bo.types(f"fortsätt {CHILD}").said == refused, "he has been its lead since"


def test_who_signed_it_does_not_review_it(room: Room) -> None:
    furnish(room)
    move_in(room.desk, ("cecilia", "Cecilia Fiktiv", NORTH, "peer_reviewer"))
    sent(room)
    cecilia = reads(begins_reading(room.chat("cecilia")))
    cecilia.presses("Visa skillnader").presses("Signera")

    cecilia.types(f"ny peer_review_bou {REF}").sees("inget ärende")
    is_drawn(room, "cecilia", "peer_review_bou", CHILD)
    assert cecilia.types(f"ny peer_review_bou {CHILD}").kind() == "question"


def test_neither_a_report_nor_a_decision_against_it_is_a_gap(room: Room) -> None:
    furnish(room)
    greta = begins(room.chat("greta"), "peer_review_bou", CHILD)

    presses_through(greta, {"violence_police_report_made": "nej", "no_police_report_decision": "nej"})

    greta.sees("Finns beslut om att inte polisanmäla?", "Det här saknas")


def test_what_the_next_question_presupposes_is_asked_first(room: Room) -> None:
    furnish(room)
    greta = begins(room.chat("greta"), "peer_review_bou", CHILD)
    greta.types("ja").is_asked("child_heard_in_prelim").types("e/t").is_asked("child_heard_in_investigation")
    greta.types("ändra 2").types("nej").types("Påhittad motivering: det framgår inte").types("journalen, 12 maj")
    greta.is_asked("prelim_child_not_heard_motivated")


def test_a_case_that_is_not_drawn_for_her_is_reviewed_on_no_door(room: Room) -> None:
    furnish(room)
    takes_in(room, case_ref=TWIN, unit=NORTH, lead_email="anna@example.invalid", intervention_decided="ja")
    greta = room.chat("greta")
    for word in ("ny kollegial granskning", "ny", "fortsätt", "formulär", "vad saknas", "ändra 1", ""):
        refused = greta.types(f"{word} SN 2026/9998".strip()).said
        assert greta.types(f"{word} {TWIN}".strip()).said == refused, word
    assert not room.count(FilledRow)
    begins(greta, "peer_review_bou", CHILD).types("ja")
    closed = "update review_round set state = 'closed'"
    room.desk.run_now(lambda session: session.connection().exec_driver_sql(closed))
    for line in ("ändra 1", f"fortsätt {CHILD}", "nej"):
        greta.types(line)
    assert room.count(AnswerRow) == 1, "what was reviewed in a round stands when it is closed"


def test_a_reviewer_without_the_app_does_not_keep_the_morning_from_ending(room: Room) -> None:
    furnish(room)
    room.sweeps()
    assert room.events("swept")


# --- adults ----------------------------------------------------------------------------------------------------------


def test_an_adult_never_gets_a_childs_list(room: Room) -> None:
    furnish(room)
    ylva = room.chat("ylva")
    for line in (f"ny {ADULT}", f"fortsätt {ADULT}", f"formulär {ADULT}", f"vad saknas {ADULT}", f"ändra 1 {ADULT}"):
        ylva.types(line).sees("vuxenärende").sees_no("Har barnet kommit till tals")
    ylva.types(f"ny intake {ADULT}").sees("vuxenärende")
    ylva.types("mina ärenden").sees(ADULT, "Vuxenärende").presses(f"Öppna {ADULT}").sees("Anmälan inkom")
    assert not room.count(FilledRow)


def test_a_childs_case_never_gets_an_adults_list(room: Room) -> None:
    furnish(room)
    room.chat("cecilia").types(f"ny kretsgenomgång {CHILD}").sees("är för vuxenärenden")


def test_with_children_in_the_case_their_impact_analysis_cannot_be_left_out(room: Room) -> None:
    furnish(room)
    hugo = begins(room.chat("hugo"), "rvt_case_round", ADULT)
    hugo.types("ja").is_asked("rvt_assessed_with_child_unit")
    assert "Ej tillämpligt" not in hugo.buttons
    hugo.types("ja").is_asked("rvt_child_impact_analysis")
    assert "Ej tillämpligt" not in hugo.buttons
    hugo.types("e/t").sees("kan inte ges")
    hugo.types(f"vad saknas {ADULT}").sees("Finns barnkonsekvensanalys i utredningen?")
    assert rates(room, "rvt_case_round", "unit_manager")["rvt_child_impact_analysis"]["obesvarad"] == "1"


@pytest.mark.parametrize(("children", "counted"), [("2", "obesvarad"), ("0", "ej_tillampligt")])
def test_a_file_that_says_not_applicable_is_counted_by_the_children_there_are(
    room: Room, children: str, counted: str
) -> None:
    furnish(room)
    takes_in(room, case_ref=ADULT, children=children)
    cells = f"{TENANT};{ADULT};rvt_case_round;unit_manager;rvt_child_impact_analysis;E/T"
    raw = f"tenant_id;case_ref;checklist;role;item;answer\n{cells}".encode()
    room.desk.run_now(lambda session: import_answers(session, raw, frozenset({TENANT}), room.now, "cli:test"))

    assert rates(room, "rvt_case_round", "unit_manager")["rvt_child_impact_analysis"][counted] == "1"
    assert [row["answer"] for row in exported(room, "rvt_case_round")] == [counted]


def test_without_children_it_can(room: Room) -> None:
    furnish(room)
    takes_in(room, case_ref="RVT 2026/7", unit=ADULT_UNIT, case_type="vuxen", children="0")
    hugo = room.chat("hugo").types("ny rvt_case_round RVT 2026/7")
    hugo.presses("Spara")
    presses_through(
        hugo, {"rvt_child_impact_analysis": "ej_tillampligt", "rvt_assessed_with_child_unit": "ej_tillampligt"}
    )
    hugo.sees("Inget saknas.")


def test_an_adult_case_may_come_in_without_children_and_a_childs_may_not(room: Room) -> None:
    furnish(room)
    takes_in(room, case_ref="RVT 2026/8", unit=ADULT_UNIT, case_type="vuxen")
    assert room.case("RVT 2026/8").children == 0
    with pytest.raises(BadCsv, match="BK-113"):
        takes_in(room, case_ref="SN 2026/8", unit=NORTH, case_type="barn", children="0")


@pytest.mark.parametrize("said", ["två", "21", "-1"])
def test_that_an_adult_case_may_have_no_children_is_said_by_card_and_file(room: Room, said: str) -> None:
    furnish(room)
    ylva = room.chat("ylva").types(f"uppgifter {ADULT}").presses("Spara", {"Antal barn": said})
    ylva.sees("Antal barn i ett vuxenärende ska vara ett helt tal från 0 till 20.")
    with pytest.raises(BadCsv, match="from 1 to 20, or 0 in a case of vuxen"):
        takes_in(room, case_ref="RVT 2026/8", unit=ADULT_UNIT, case_type="vuxen", children=said)


def test_the_chef_of_an_adults_case_is_offered_its_lists(room: Room) -> None:
    furnish(room)
    hugo = room.chat("hugo").types(f"ny {ADULT}")
    hugo.presses("Egenkontroll, relationsvåldsärenden").sees("Del av akten")
    hugo.types("digital 2").sees("Digital akt")


def test_a_deputy_fills_in_the_chefs_list_and_the_trail_shows_both(room: Room) -> None:
    furnish(room)
    dag = begins(room.chat("dag"), "rvt_case_round", ADULT)
    presses_through(dag)
    assert room.events("list_begun")[-1].detail.startswith("deputy_for")
    assert rows_of(room, "rvt_case_round", "unit_manager", ADULT)


def test_each_part_of_the_file_has_a_list_of_its_own(room: Room) -> None:
    furnish(room)
    greta = room.chat("greta").types(f"ny egenkontroll {ADULT}")
    greta.presses("Spara").sees("Välj vilken del av akten")
    greta.presses("Spara", {"Del av akten": "Digital akt"})
    presses_through(greta).sees("Digital akt")
    greta.types(f"ny egenkontroll {ADULT}").presses("Spara", {"Del av akten": "Fysisk akt"}).sees(
        "Fysisk akt", "0 av 8"
    )
    presses_through(greta).sees("Digital akt", "Fysisk akt", "16 av 16")


# --- several lists in a case -----------------------------------------------------------------------------------------


def test_with_several_lists_open_the_bot_asks_which(room: Room) -> None:
    furnish(room)
    anna = begins(room.chat("anna"), "intake", CHILD)
    anna.types("ja").types(f"ny {CHILD}").presses("Spara").is_asked("child_heard")
    anna.types("hjälp")

    anna.types(f"fortsätt {CHILD}").sees(
        "flera listor öppna", "Beslutsunderlag", "Skyddsbedömning och förhandsbedömning"
    )
    anna.presses("Skyddsbedömning och förhandsbedömning").is_asked("protection_assessment_before_prelim")
    anna.types("tillbaka").is_asked("protection_assessment_made").types("paus").sees("Pausad, 1 av")
    anna.presses("Fortsätt").is_asked("protection_assessment_before_prelim")
    anna.types("hjälp")
    anna.types(f"ändra 1 {CHILD}").presses("Beslutsunderlag").is_asked("child_heard")
    anna.types("hjälp")
    anna.types(f"vad saknas intake {CHILD}").sees("Finns misstanke om").sees_no("kommit till tals")
    anna.types(f"formulär intake {CHILD}").sees("Har anmälningsmöte erbjudits?")
    anna.types(f"ändra 1 intake {CHILD}").presses("Nej").types("ångra").is_asked("protection_assessment_made")
    assert rows_of(room, "intake", "case_worker", CHILD)["protection_assessment_made"].choice == "ja"
    anna.types("mina ärenden").sees("Skyddsbedömning och förhandsbedömning: 1 av")


# --- the report and SKYDD --------------------------------------------------------------------------------------------


def test_a_report_opens_a_case_with_its_day(room: Room) -> None:
    anna = room.chat("anna").types("ny skyddsbedömning SN 2026/0800")
    anna.sees("Anmälan inkom", "Skyddsbedömning och förhandsbedömning")
    anna.presses("Spara", {"Anmälan inkom": "2027-01-01"}).sees("dagen har inte varit än")
    anna.types("i dag").is_asked("protection_assessment_made")
    case = room.case("SN 2026/0800")
    assert (str(case.received_on), case.lead_id) == ("2026-05-12", 1)


@pytest.mark.parametrize(
    "line", ["12/5", "2026-05-32", "den 11 maj", "i förrgår", "hur menar du?", "ja", "2026-05-11 2026-05-12"]
)
def test_a_line_that_cannot_be_read_shows_the_card_before_the_list_again(room: Room, line: str) -> None:
    anna = room.chat("anna").types("ny skyddsbedömning SN 2026/0800")
    anna.types(line).sees("Anmälan inkom")
    assert anna.kind() == "facts"
    assert room.case("SN 2026/0800").received_on is None

    anna.types("2026-05-11").is_asked("protection_assessment_made")
    assert str(room.case("SN 2026/0800").received_on) == "2026-05-11"


@pytest.mark.parametrize(
    "line",
    [
        *("ja, 12/5", "ja 12/5", "ja den 10 maj", "ja i går", "ja, 2026-05-13", "ja: 2026-5-10"),
        *("ja, förra veckan", "ja, v 20", "ja, i morgon", "ja, 2026-05-10 kl 10", "ja, den 2026-05-32"),
    ],
)
def test_a_day_that_cannot_be_kept_with_its_answer_is_asked_for_and_is_no_comment(room: Room, line: str) -> None:
    furnish(room)
    anna = begins(room.chat("anna"), "intake", CHILD)
    for word in ("ja", "ja"):
        anna.types(word)
    anna.types(line).sees("Fråga 3", "är inte sparat")
    assert anna.kind() == "detail"
    row = rows_of(room, "intake", "case_worker", CHILD)["protection_assessment_date_shown"]
    assert (row.choice, row.note, row.day) == ("ja", None, None)

    anna.types("blått").sees("Skriv dagen som 2025-01-31").types("2026-05-11")
    row = rows_of(room, "intake", "case_worker", CHILD)["protection_assessment_date_shown"]
    assert (row.choice, str(row.day)) == ("ja", "2026-05-11")


def test_where_no_day_is_asked_for_none_is_named_in_how_to_answer(room: Room) -> None:
    furnish(room)
    anna = begins(room.chat("anna"), "intake", CHILD)
    for word in ("ja", "ja", "ja 2026-05-11", "ja"):
        anna.types(word)
    anna.types("2026-05-11").sees("Skriv ett eller flera av alternativen på kortet, eller").sees_no("datum som")


@pytest.mark.parametrize("line", ["ja, i två möten 2026-05-10", "ja men först efter två försök", "ja (hos polisen)"])
def test_a_comment_after_the_answer_does_not_take_the_place_of_its_day(room: Room, line: str) -> None:
    furnish(room)
    anna = begins(room.chat("anna"), "intake", CHILD)
    for word in ("ja", "ja"):
        anna.types(word)
    anna.types(line).sees("Sparad som kommentar (förbehåll) till fråga 3", "Vilken dag")
    assert anna.kind() == "detail"

    anna.types("i dag")
    row = rows_of(room, "intake", "case_worker", CHILD)["protection_assessment_date_shown"]
    assert (row.choice, str(row.day), row.note is None) == ("ja", "2026-05-12", False)


def test_what_is_asked_with_an_answer_may_be_written_after_it(room: Room) -> None:
    furnish(room)
    anna = begins(room.chat("anna"), "intake", CHILD)
    for word in ("ja", "ja", "ja 2026-05-11", "nej, signatur och datum"):
        anna.types(word)
    anna.sees("Sparat med svaret på fråga 4.")
    rows = rows_of(room, "intake", "case_worker", CHILD)
    assert str(rows["protection_assessment_date_shown"].day) == "2026-05-11"
    signed = rows["protection_assessment_signed"]
    assert (signed.choice, signed.option, signed.note) == ("nej", "signature,date", None)

    vera = begins(room.chat("vera"), "sample_audit", CHILD).types("ändra 2").types("ja, freda och bbic")
    row = rows_of(room, "sample_audit", "auditor", CHILD)["standardised_method_used"]
    assert (row.choice, row.option, row.note) == ("ja", "freda,bbic", None)
    vera.types("ändra 2").types("ja men hur menar du?").sees("inget sparades")
    vera.types("ändra 2").types("nej").types("ändra 2").types("ja").types("hur menar du?")
    assert rows_of(room, "sample_audit", "auditor", CHILD)["standardised_method_used"].method is None


def test_the_question_of_the_reminder_is_answered_on_it_in_one_press(room: Room) -> None:
    furnish(room)
    takes_in(room, case_ref=TWIN, unit=NORTH, lead_email="anna@example.invalid", received_on="2026-05-12")
    anna, cecilia = room.chat("anna").types("hej"), room.chat("cecilia").types("hej")
    room.later(hours=2)
    room.sweeps()
    assert anna.reminded() == cecilia.reminded() == 1

    anna.receives().presses("Ja").is_asked("protection_assessment_before_prelim")

    assert rows_of(room, "intake", "case_worker", TWIN)["protection_assessment_made"].choice == "ja"
    cecilia.receives().presses("Ja")
    assert rows_of(room, "intake", "unit_manager", TWIN)["protection_assessment_made"].choice == "ja"
    room.later(hours=2)
    room.sweeps()
    assert anna.reminded() == cecilia.reminded() == 0


def test_pressing_it_again_or_late_changes_nothing(room: Room) -> None:
    furnish(room)
    takes_in(room, case_ref=TWIN, unit=NORTH, lead_email="anna@example.invalid", received_on="2026-05-12")
    anna = room.chat("anna").types("hej")
    room.later(hours=2)
    room.sweeps()
    anna.reminded()
    old = anna.receives().shown
    anna.presses("Ja").presses("Nej", on=old).sees("redan besvarad").is_asked("protection_assessment_before_prelim")
    anna.presses("Ja", on=old).is_asked("protection_assessment_before_prelim")
    assert room.count(AnswerRow) == 1


# --- what the dates say ----------------------------------------------------------------------------------------------


def test_the_clocks_outcome_is_proposed_and_a_difference_is_shown(room: Room) -> None:
    furnish(room)
    takes_in(room, case_ref=CHILD, received_on="2026-01-02", opened_on="2026-02-02")
    vera = room.chat("vera").types(f"ny {CHILD}").types("ändra 8")
    vera.sees("Datumen i ärendet ger svaret Nej")
    vera.presses("Ja").sees("skiljer sig från datumen i ärendet, som ger Nej")
    presses_through(vera).sees("datumen ger Nej")
    vera.types("ändra 8").presses("Nej").sees_no("skiljer sig")


def test_ticks_and_days_are_stored_with_their_answer_and_may_be_left_out(room: Room) -> None:
    furnish(room)
    anna = begins(room.chat("anna"), "intake", CHILD)
    anna.types("ja").types("ja").types("ja")
    anna.sees("Vilken dag gjordes den?").types("2026-05-44").sees("Skriv dagen som").types("2026-05-30").sees(
        "inte varit än"
    )
    anna.types(DAY).is_asked("protection_assessment_signed").presses("Nej")
    anna.presses("Spara", {"Vad finns?": "Signatur, Datum"}).is_asked("violence_suspected")
    kept = rows_of(room, "intake", "case_worker", CHILD)
    assert str(kept["protection_assessment_date_shown"].day) == DAY
    assert kept["protection_assessment_signed"].option == "signature,date"
    anna.presses("Ja").presses("Ja").presses("Hoppa över").is_asked("witnessing_documented")
    presses_through(anna).sees("Signatur, Datum", DAY)


def test_a_day_is_held_against_the_one_of_the_case(room: Room) -> None:
    furnish(room)
    takes_in(room, case_ref=CHILD, received_on="2026-05-04", opened_on="2026-05-06")
    anna = begins(room.chat("anna"), "intake", CHILD).types("ja").types("ja").types("ja")
    anna.types("2026-05-06").sees("Den är en annan än ”Anmälan inkom” i ärendet, 2026-05-04.")
    anna.types("ändra 3").types("nej").types("ändra 3").types("ja").types("2026-05-04").sees_no("en annan än")
    anna.types("ändra 5").types("ja").is_asked("investigation_opened_at_once")
    anna.types("ja").types("2026-05-07").sees("i ärendet, 2026-05-06")
    anna.types("ändra 6").types("nej").sees_no("en annan än")


def test_what_goes_with_an_answer_leaves_in_columns_of_its_own_and_comes_in_again(room: Room) -> None:
    furnish(room)
    presses_through(begins(room.chat("anna"), "intake", CHILD))
    greta = begins(room.chat("greta"), "rvt_self_check", ADULT)
    presses_through(greta).types(f"ny egenkontroll {ADULT}").presses("Spara", {"Del av akten": "Digital akt"})
    presses_through(greta, {"rvt_investigation_present": "nej"})
    rows = exported(room, "intake") + exported(room, "rvt_self_check")
    by_item = {(row["akt_part"], row["item"]): row for row in rows}
    assert by_item["", "protection_assessment_signed"]["option"] == "signature,position"
    assert by_item["", "protection_assessment_date_shown"]["on"] == DAY
    assert by_item["fysisk", "rvt_investigation_present"]["answer"] == "ja"
    assert by_item["digital", "rvt_investigation_present"]["answer"] == "nej"

    def brings(lines: list[dict[str, str]]) -> Imported:
        raw = "\n".join(";".join(cells) for cells in [list(lines[0]), *(list(line.values()) for line in lines)])
        return room.desk.run_now(
            lambda session: import_answers(session, raw.encode(), frozenset({TENANT}), room.now, "cli:test")
        )

    assert brings(rows).unchanged == len(rows), "a reviewer's own are told apart too"
    moved = [{**row, "on": "2026-05-07"} for row in rows if row["on"] == DAY]
    assert brings(moved).changed == len(moved) == 2
    kept = rows_of(room, "intake", "case_worker", CHILD)
    assert str(kept["protection_assessment_date_shown"].day) == "2026-05-07"
    for wrong in ({"akt_part": "papper"}, {"option": "nothing"}, {"on": "2026-13-01"}):
        with pytest.raises(BadCsv):
            brings([{**rows[0], **wrong}])


@pytest.mark.parametrize(
    "given", [Detail("nothing"), Detail("signature", day=DAY), Detail(options="signature,nothing")]
)
def test_a_forged_way_or_one_to_an_answer_that_has_none_is_refused(room: Room, given: Detail) -> None:
    furnish(room)
    anna = (
        begins(room.chat("anna"), "intake", CHILD).types("ja").types("ja").types("nej").types("ja").types("hoppa över")
    )
    assert anna.kind() == "question"
    case = room.case(CHILD)

    def work(session: Session) -> None:
        facts = cases.facts(session, case.id)
        (sheet,) = read_own(session, case, facts, "intake", "case_worker", 0).sheets
        origin = of_person(case.tenant_id, 1, room.now, "")
        for item_id in ("protection_assessment_made", "investigation_opened_at_once", "protection_assessment_signed"):
            if item_id != "protection_assessment_signed" or "nothing" in given.options:
                with pytest.raises(AnswerNotAllowed):
                    set_detail(session, origin, sheet, item_id, given)

    room.desk.run_now(work)


def test_of_an_adult_nothing_is_reminded_and_nothing_lacks_a_checklist(room: Room) -> None:
    furnish(room)
    takes_in(room, case_ref=ADULT, planned_decision_on="2026-05-14")
    ylva = room.chat("ylva").types("hej")

    room.sweeps()

    assert ylva.reminded() == 0
    while room.desk.run_now(lambda session: aggregates.project_new(session, wait=True)):
        pass
    rows = room.desk.run_now(lambda session: list(checklist_rows(session, Selection(unit=ADULT_UNIT), room.now.date())))
    assert not [row for row in rows if row[4] != "0" or row[5] != "0"]


def test_an_adults_list_from_before_is_kept_but_never_shown(room: Room) -> None:
    furnish(room)
    anna = room.chat("anna").types(f"ny {CHILD}").presses("Spara").is_asked("child_heard")
    anna.types("ja")
    takes_in(room, case_ref=CHILD, case_type="vuxen")

    anna.presses("Spara").sees("vuxenärende").types(f"fortsätt {CHILD}").sees("vuxenärende").sees_no("kommit till tals")

    assert room.count(AnswerRow) == 1
    takes_in(room, case_ref=CHILD, case_type="barn")
    anna.types(f"fortsätt {CHILD}").is_asked("child_informed_report")


def test_without_a_reference_the_list_is_kept_in_mind_until_it_is_given(room: Room) -> None:
    furnish(room)
    vera = room.chat("vera").types("hjälp").presses("Ny: Revisorns stickprov")
    vera.sees("Vilket ärende gäller det?").types(CHILD).is_asked("investigation_opened_without_delay")
    anna = room.chat("anna").types("ny förhandsbedömning").types("tjugo").sees("känns inte igen")
    anna.types("ny förhandsbedömning").presses("Öppna", {"Ärende": "sn 2026/0900"}).sees("Anmälan inkom")
    anna.types("hjälp").presses("Ny skyddsbedömning").types(CHILD).sees("Anmälan inkom")


def test_a_press_where_the_lists_are_many_goes_on_in_the_one_chosen(room: Room) -> None:
    furnish(room)
    takes_in(room, case_ref=CHILD, children="2")
    anna = begins(room.chat("anna"), "intake", CHILD)
    anna.types(f"ny {CHILD}").presses("Spara").is_asked("child_heard").types("hjälp")
    anna.types("ändra 1 barn 2").presses("Beslutsunderlag").is_asked("child_heard").sees("Barn 2")
    anna.types("hjälp").types("formulär").presses("Skyddsbedömning och förhandsbedömning").sees("Har anmälningsmöte")


def test_a_list_that_is_done_gives_way_to_the_one_that_is_not(room: Room) -> None:
    furnish(room)
    anna = presses_through(begins(room.chat("anna"), "intake", CHILD)).types("hjälp")
    anna.types(f"fortsätt {CHILD}").sees("Uppgifter som avgör")
    anna.presses("Spara").is_asked("child_heard").types("hjälp").types("fortsätt").is_asked("child_heard")


def test_a_reviewer_answers_in_a_closed_case_and_a_worker_does_not(room: Room) -> None:
    furnish(room)
    takes_in(room, case_ref=CHILD, opened_on="2026-01-05", closed_on="2026-05-01")
    room.chat("vera").types(f"ny {CHILD}").is_asked("investigation_opened_without_delay").types("ja")
    room.chat("greta").types(f"ny {CHILD}").is_asked("decision_motivation_clear").presses("Ja")
    room.chat("anna").types(f"ny intake {CHILD}").sees("avslutat")
    assert len(rows_of(room, "sample_audit", "auditor", CHILD)) == 1


def test_who_answers_no_list_gets_the_words_for_a_case_that_does_not_exist(room: Room) -> None:
    furnish(room)
    for name, line in (
        ("cecilia", f"ny stickprov {CHILD}"),
        ("vera", f"ny intake {CHILD}"),
    ):
        there = room.chat(name).types(line).said
        assert there == room.chat(name).types(line.replace("0700", "9999")).said
    assert room.chat("hugo").types(f"ny rvt_case_round {CHILD}").said == there


def test_a_method_in_words_stands_beside_those_that_were_chosen_as_it_would_from_a_file(room: Room) -> None:
    furnish(room)
    vera = begins(room.chat("vera"), "sample_audit", CHILD).types("ja").types("ja")
    vera.presses("Spara", {"Vilka?": "FREDA, ASI", "Annat, med ord": "Påhittad metod"})
    (row,) = (row for row in exported(room, "sample_audit") if row["item"] == "standardised_method_used")
    assert (row["option"], row["method"]) == ("freda,asi,another", "FREDA, ASI, Påhittad metod")

    vera.types("ändra 2").types("delvis").types("ändra 2").presses("Ja").types("freda, Påhittad metod")
    (row,) = (row for row in exported(room, "sample_audit") if row["item"] == "standardised_method_used")
    assert (row["option"], row["method"]) == ("freda,another", "FREDA, Påhittad metod")
    assert ["Ja. FREDA, Påhittad metod"] in [line[1:] for line in the_table(room)]


def test_no_method_in_words_is_kept_of_people_with_protected_identity(room: Room) -> None:
    furnish(room)
    hugo = begins(room.chat("hugo"), "rvt_self_check", ADULT)
    takes_in(room, case_ref=ADULT, protected_identity="ja")
    for _ in range(8):
        hugo.types("ja")
        if "Spara" in hugo.buttons:
            break
    hugo.presses("Spara", {"Annat, med ord": "Påhittad metod"}).sees("ingen fri text")
    assert scalar(room.desk, "select count(*) from answer where method is not null") == 0
    hugo.presses("Spara", {"Vilken metod?": "FREDA", "Annat, med ord": ""}).sees_no("ingen fri text")


def test_a_list_on_either_database(either_room: Room) -> None:
    room = either_room
    furnish(room)
    anna = room.chat("anna").types("ny intake SN 2026/0801").types("i dag")
    presses_through(anna).sees("Inget saknas.")
    greta = begins(room.chat("greta"), "rvt_self_check", ADULT)
    presses_through(greta).sees("8 av 8")
    assert len(exported(room, "rvt_self_check")) == len(rates(room, "rvt_self_check", "peer_reviewer")) - 1


def test_a_number_of_children_that_cannot_be_is_refused_and_the_rest_is_kept(room: Room) -> None:
    furnish(room)
    hugo = room.chat("hugo").types(f"ny kretsgenomgång {ADULT}")
    for wrong in ("21", "två"):
        hugo.presses("Spara", {"Antal barn": wrong}).sees("från 0 till 20")
    hugo.presses("Spara", {"Antal barn": "0"}).is_asked("rvt_decision_motivated")
    assert room.case(ADULT).children == 0
    takes_in(room, case_ref=ADULT, case_type="barn")
    assert room.case(ADULT).children == 1, "a child's case has a child"


def test_what_is_refused_before_a_list_stays_on_its_card_and_no_day_takes_its_place(room: Room) -> None:
    furnish(room)
    anna = room.chat("anna").types(f"ny intake {CHILD}").presses("Spara", {"received_on": "2026-05-13"})
    anna.sees("inte varit än").presses("Spara", {"received_on": "12/5"}).sees("kunde inte läsas")
    anna.presses("Spara").sees("Ange vilken dag anmälan kom in")
    assert room.case(CHILD).received_on is None
    anna.presses("Spara", {"received_on": "2026-05-06"}).is_asked("protection_assessment_made")
    greta = room.chat("greta").types(f"ny rvt_self_check {ADULT}")
    greta.presses("Spara", {"akt_part": "digital", "children": "99"}).sees("från 0 till 20")
    greta.presses("Spara", {"children": "1"}).sees("Digital akt")
    assert room.case(ADULT).children == 1


def test_what_the_dates_give_is_shown_also_where_a_text_follows_the_answer(room: Room) -> None:
    furnish(room)
    takes_in(room, case_ref=CHILD, unit=NORTH, received_on="2026-05-04", opened_on="2026-05-06")
    vera = begins(room.chat("vera"), "sample_audit", CHILD).types("ändra 8").types("nej, det dröjde")
    vera.sees("Ditt svar är sparat. Det skiljer sig från datumen i ärendet, som ger Ja.")


# --- begun by mistake ------------------------------------------------------------------------------------------------


def lists_of(room: Room, ref: str = REF) -> list[tuple[str, int]]:
    """Return the lists of a case, with their occasions."""
    query = f"select checklist, occasion from filled_checklist where case_id = {room.case(ref).id} order by id"
    return [tuple(row) for row in room.raw.execute(query)]


def test_a_list_begun_by_mistake_is_taken_away_while_nothing_in_it_is_answered(room: Room, anna: Chat) -> None:
    opens(anna, children=2, violence="nej")
    anna.types("paus").sees("Pausad, 0 av")
    old = anna.shown
    anna.presses("Ta bort listan").sees("Beslutsunderlag: listan är borttagen")

    assert lists_of(room) == []
    assert [event.detail for event in room.events("list_withdrawn")] == ["decision_basis"]
    room.desk.run_now(aggregates.project_new)
    assert room.scalar("select count(*) from counted where filled_id > 0") == 0
    anna.types("ta bort listan").sees("ingen lista är påbörjad")
    anna.replays = True
    anna.types(f"fortsätt {REF}").sees("Uppgifter som avgör").presses("Spara").presses("Ja").types("paus")
    assert "Ta bort listan" not in anna.buttons
    anna.presses("Ta bort listan", on=old).sees("borttagen")  # the same press: its stored reply
    anna.types("ta bort listan").sees("Listan är kvar")
    assert len(room.events("list_withdrawn")) == 1


def test_a_new_occasion_begun_by_mistake_is_taken_away_and_the_signed_one_is_the_newest_again(room: Room) -> None:
    anna = sent(room)
    cecilia = reads(begins_reading(room.chat("cecilia")))
    cecilia.presses("Visa skillnader").presses("Signera")
    anna.types(f"ny {REF}").presses("Nytt underlag").presses("Spara").types("paus").presses("Ta bort listan")

    assert {occasion for _, occasion in lists_of(room)} == {1}
    anna.types(f"ny {REF}").sees("Nytt underlag")
    anna.types(f"ta bort listan {REF}").sees("Listan är kvar")
    cecilia.types(f"ta bort listan {REF}").sees("Listan är kvar")
    room.chat("doris").types(f"ta bort listan {REF}").sees("inget ärende med det numret")
    anna.types("uppgifter").presses("Avsluta").presses("Avsluta", {"Avslutat": "2026-05-12"})
    anna.types(f"ta bort listan {REF}").sees("avslutat")


def is_voided(room: Room) -> bool:
    return bool(room.scalar("select count(*) from signature where voided_at is not null"))


@pytest.mark.parametrize("is_typed", [True, False])
@pytest.mark.parametrize("fields", [{"violence": "ja"}, {"children": "2"}])
def test_what_was_changed_under_a_new_occasion_voids_the_signature_that_is_the_newest_again(
    room: Room, fields: dict[str, str], *, is_typed: bool
) -> None:
    anna = sent(room)
    cecilia = reads(begins_reading(room.chat("cecilia")))
    cecilia.presses("Visa skillnader").presses("Signera")
    anna.types(f"ny {REF}").presses("Nytt underlag").presses("Spara", fields)
    assert not is_voided(room), "the new occasion is the newest"

    anna.asked_first = True
    dropped = anna.types(f"ta bort listan {REF}") if is_typed else anna.types("paus").presses("Ta bort listan")
    dropped.sees("Vill du ändra ändå?")
    assert not is_voided(room)
    anna.presses("Ändra ändå").sees("listan är borttagen")

    assert is_voided(room)
    cecilia.receives().sees(f"{REF} behöver läsas om")
    workers = room.scalar("select count(*) from filled_checklist where role = 'case_worker'")
    assert (workers, {of for _, of in lists_of(room)}) == (int(fields.get("children", "1")), {1})


def test_another_list_is_named_and_one_of_a_round_stays(room: Room) -> None:
    furnish(room)
    vera, greta = room.chat("vera"), room.chat("greta")
    begins(vera, "sample_audit", CHILD)
    vera.types(f"ta bort listan sample_audit {CHILD}").sees("listan är borttagen")
    assert [one for one, _ in lists_of(room, CHILD) if one == "sample_audit"] == []

    begins(greta, "peer_review_bou", CHILD)
    greta.types("paus")
    assert "Ta bort listan" not in greta.buttons
    greta.types(f"ta bort listan peer_review_bou {CHILD}").sees("Listan hör till en omgång")


def test_a_list_that_is_not_hers_to_answer_begins_no_other(room: Room) -> None:
    furnish(room)
    vera = room.chat("vera")

    for named in ("beslutsunderlag", "decision_basis", "kretsgenomgång", "intake"):
        vera.types(f"ny {named} {CHILD}").sees("inget ärende med det numret")
    assert room.count(FilledRow) == 0
    vera.types(f"ny {CHILD}").is_asked("investigation_opened_without_delay")
