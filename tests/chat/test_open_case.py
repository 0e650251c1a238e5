"""`ny`: a new case starts with the facts card, an existing one continues; the facts decide what is asked."""

import pytest

from checklists.loader import all_facts
from storage import tenants
from tests.chat.card_hand import inputs
from tests.chat.drive import fact_fields, fills, opens, saves_facts
from tests.chat.harness import NORTH, REF, SOUTH, TENANT, Chat, Room

ALL = {"violence": "nej", "child_placed": "nej", "intervention_decided": "nej", "child_communicated": "ja"}


def test_a_new_case_gets_the_facts_card_then_question_one(anna: Chat, room: Room) -> None:
    anna.types("ny SN 2026/0123").sees("Uppgifter som avgör vilka frågor som ställs", REF)
    anna.presses("Spara").is_asked("child_heard")

    assert room.case().lead_id is not None
    assert [event.act for event in room.events("case_opened")] == ["case_opened"]


@pytest.mark.parametrize(
    "typed",
    [
        "ny sn 2026/0123",
        "Ny  SN  2026/0123 ",
        "NYTT SN 2026/0123",
        "new SN 2026/0123",
        "ny beslutsunderlag SN 2026/0123",
    ],
)
def test_the_reference_is_kept_in_one_form_however_it_is_typed(anna: Chat, room: Room, typed: str) -> None:
    anna.types(typed).sees(REF)

    assert room.case().ref == REF


def test_a_known_case_continues_where_it_was(anna: Chat, room: Room) -> None:
    opens(anna).presses("Ja")

    anna.types("ny sn 2026/0123").is_asked("child_informed_report").sees_no("Uppgifter som avgör")

    assert len(room.events("case_opened")) == 1


def test_without_a_reference_it_is_asked_for_on_a_card(anna: Chat, room: Room) -> None:
    anna.types("ny").sees("Vilket ärende gäller det?")
    anna.presses("Öppna").sees("Vilket ärende gäller det?")
    anna.presses("Öppna", Ärende="SN 2026/0123").sees("Uppgifter som avgör")

    assert room.case().ref == REF


def test_the_reference_may_be_typed_once_it_is_asked_for(anna: Chat, room: Room) -> None:
    anna.types("new").types("sn 2026/0123").sees("Uppgifter som avgör")

    assert room.case().ref == REF


@pytest.mark.parametrize(
    "typed", ["ny barn 2", "ny nr 5", "new child 2", "ny dnr 2026", "ny barn 2 nu", "nytt datum 2026-10-01"]
)
def test_words_around_a_reference_open_no_case_by_themselves(anna: Chat, room: Room, typed: str) -> None:
    anna.types(typed).sees("Inget ärende är öppnat än")

    assert room.events("case_opened") == []


@pytest.mark.parametrize("typed", ["nu {}", "barn 2 {}", "ärende {}", "dnr {}", "nr {}", "{} nu", "{} barn 2", "{} nr"])
def test_a_known_case_among_words_is_offered_before_anything_is_opened(anna: Chat, room: Room, typed: str) -> None:
    opens(anna)

    anna.types("ny " + typed.format(REF)).sees("Inget ärende är öppnat än").presses(f"Öppna {REF}")

    anna.is_asked("child_heard")
    assert len(room.events("case_opened")) == 1


@pytest.mark.parametrize("remark", ["fel skrivet", "brådskande", "och en hel mening till"])
@pytest.mark.parametrize("ref", ["SN 2026/0123", "SN 20260123"])
def test_a_remark_behind_the_reference_is_asked_about_and_its_number_is_offered(
    anna: Chat, room: Room, ref: str, remark: str
) -> None:
    anna.types(f"ny {ref} {remark}").sees("Vilket ärende menar du?")
    assert anna.buttons[0] == f"Öppna {ref}"
    assert not room.events("case_opened")

    anna.presses(f"Öppna {ref}").sees("Uppgifter som avgör")
    assert room.case(ref).ref == ref


@pytest.mark.parametrize("written", ["SN 2026-0123", "SN 2026 0123", "SN2026:0123", "sn-2026/0123", "SN 2026/123"])
@pytest.mark.parametrize("command", ["ny", "ny skyddsbedömning"])
def test_a_known_number_with_other_marks_spaces_or_zeros_is_asked_about(
    anna: Chat, room: Room, command: str, written: str
) -> None:
    opens(anna)
    anna.types(f"{command} {written}").sees("Vilket ärende menar du?")
    assert anna.buttons[:2] == [f"Öppna {REF}", f"Öppna {written.upper()}"]
    assert len(room.events("case_opened")) == 1

    anna.presses(f"Öppna {written.upper()}")
    assert room.case(written.upper()).ref == written.upper()


@pytest.mark.parametrize("rest", ["ärende SN 2026/0800", "SN 2026/0800 nu", "dnr SN 2026/0800", "SN 2026/0800 barn 2"])
def test_words_around_a_number_are_asked_about_before_a_report_opens_a_case(anna: Chat, room: Room, rest: str) -> None:
    anna.types(f"ny skyddsbedömning {rest}").sees("Vilket ärende menar du?")
    assert not room.events("case_opened")

    anna.presses("Öppna SN 2026/0800").sees("Skyddsbedömning och förhandsbedömning", "Anmälan inkom")
    assert room.case("SN 2026/0800").ref == "SN 2026/0800"


@pytest.mark.parametrize("bad", ["2", "!!", "och en hel mening till om 2026", "SN"])
def test_a_bad_reference_opens_nothing_and_says_how_to_write_it(anna: Chat, room: Room, bad: str) -> None:
    anna.types(f"ny {bad}").sees("Ärendenumret känns inte igen", "SN 2026/0123")
    anna.types("ny").presses("Öppna", Ärende=bad).sees("Ärendenumret känns inte igen")

    assert room.events("case_opened") == []


@pytest.mark.parametrize("number", ["19121212-1212", "121212 1212", "191212121212", "１９１２１２１２－１２１２"])
def test_a_personal_number_as_reference_is_refused_and_not_a_trace_is_kept(anna: Chat, room: Room, number: str) -> None:
    anna.types("hjälp")
    before = room.content()

    anna.types(f"ny {number}").sees("personnummer", "Radera meddelandet i Teams").sees_no(number, number[-4:])

    assert room.content() == before
    anna.types("ny").presses("Öppna", Ärende=number).sees("personnummer").sees_no(number[-4:])
    assert room.events("case_opened") == []


def test_a_case_of_someone_else_gets_the_same_words_as_one_that_does_not_exist(anna: Chat, room: Room) -> None:
    doris = opens(room.chat("doris"), "SY 2026/0777")
    missing = anna.types("fortsätt SN 2099/9999").text

    for command in ("fortsätt", "vad saknas", "formulär", "uppgifter", "ändra 1", "ångra", "tillbaka", "paus"):
        assert anna.types(f"{command} SY 2026/0777").text == missing
    assert anna.types("ny SY 2026/0777").text != missing, "only `ny` says that the number is taken"
    assert "Det finns inget ärende med det numret som du kan öppna" in missing
    assert anna.types("mina ärenden").sees_no("SY 2026/0777")
    assert {event.case_id for event in room.events("denied")} == {None, room.case("SY 2026/0777").id}
    doris.types("fortsätt").is_asked("child_heard")


def test_the_chef_of_the_unit_cannot_answer_for_the_worker(anna: Chat, room: Room) -> None:
    opens(anna)

    chef = room.chat("cecilia").types(f"fortsätt {REF}").sees("inte skickat för läsning än")
    assert chef.buttons == ["Att läsa"]
    room.chat("doris").types(f"fortsätt {REF}").sees("Det finns inget ärende")


# --- the facts card ----------------------------------------------------------------------------------------


def test_nothing_on_the_facts_card_is_chosen_beforehand(anna: Chat) -> None:
    anna.types(f"ny {REF}")

    assert [element.get("value") for element in inputs(anna.card).values()] == [None] * 4 + [1, "2026-09-12"]


def test_empty_facts_are_unknown_their_items_are_not_asked_and_the_facts_are_the_gaps(anna: Chat) -> None:
    opens(anna)

    assert anna.facts() == {}
    assert anna.gaps()[:4] == list(all_facts())
    fills(anna)
    for waiting in ("health_check_done", "further_violence_risk_assessed", "child_not_communicated_motivated"):
        assert anna.stored(waiting) == ""
        assert anna.counted(waiting) == "obesvarad"
    assert anna.gaps() == list(all_facts())
    anna.sees("Är det ett våldsärende? Inte känt.")


@pytest.mark.parametrize("said", ["Vet inte", ""])
def test_dont_know_and_empty_are_the_same_unknown(anna: Chat, said: str) -> None:
    anna.types(f"ny {REF}").presses("Spara", {"Är det ett våldsärende?": said})

    assert "violence" not in anna.facts()
    assert "violence" in anna.gaps()


def test_the_planned_date_is_proposed_four_months_from_today_and_ny_sets_no_date_by_itself(
    anna: Chat, room: Room
) -> None:
    anna.types(f"ny {REF}")
    assert inputs(anna.card)["planned"]["value"] == "2026-09-12"
    assert room.case().planned_decision_on is None

    anna.presses("Spara")
    case = room.case()
    assert str(case.planned_decision_on) == "2026-09-12"
    assert (case.received_on, case.opened_on, case.decided_on) == (None, None, None)


def test_the_planned_date_is_proposed_from_the_day_the_investigation_was_opened(anna: Chat, room: Room) -> None:
    anna.types(f"ny {REF}").types("uppgifter").presses("Spara", {"Utredning inledd": "2025-10-31"})

    anna.types(f"ny {REF}")

    assert inputs(anna.card)["planned"]["value"] == "2026-02-28"


@pytest.mark.parametrize("bad", ["0", "21", "två", "1.5", "-1", "99999"])
def test_a_bad_number_of_children_is_asked_again_and_the_rest_is_kept(anna: Chat, room: Room, bad: str) -> None:
    fields = fact_fields(anna.types(f"ny {REF}"), ALL)
    anna.presses("Spara", {**fields, "Antal barn": bad, "Planerat beslutsdatum": "2026-08-01"})

    anna.sees("Antal barn ska vara ett helt tal från 1 till 20", "Uppgifter som avgör", "Nu: Nej")
    case = room.case()
    assert (case.children, str(case.planned_decision_on)) == (1, "2026-08-01")
    anna.presses("Spara", {"Antal barn": "1"}).is_asked("child_heard")
    assert anna.facts() == ALL


def test_a_number_of_children_as_a_client_writes_it_is_a_whole_number(anna: Chat, room: Room) -> None:
    anna.types(f"ny {REF}").presses("Spara", {"Antal barn": "2.0"})

    assert room.case().children == 2


NOT_A_DAY = "Planerat beslutsdatum: datumet kunde inte läsas och är inte sparat. Skriv det som 2025-01-31."
A_PERSONAL_NUMBER = (
    "Planerat beslutsdatum: det som skrevs ser ut som ett personnummer eller samordningsnummer och är inte sparat."
    " Skriv datumet som 2025-01-31. Står numret i chatten: radera meddelandet i Teams."
)


@pytest.mark.parametrize(
    ("bad", "said"),
    [
        ("5/12 2026", NOT_A_DAY),
        ("2026-02-30", NOT_A_DAY),
        ("26-05-12", NOT_A_DAY),
        ("20260512", NOT_A_DAY),
        ("i höst", NOT_A_DAY),
        ("19121212-1212", A_PERSONAL_NUMBER),
        ("1212121212", A_PERSONAL_NUMBER),
    ],
)
def test_a_bad_date_is_asked_again_and_the_rest_is_kept(anna: Chat, room: Room, bad: str, said: str) -> None:
    fields = fact_fields(anna.types(f"ny {REF}"), ALL)
    anna.presses("Spara", {**fields, "Antal barn": "2", "Planerat beslutsdatum": bad})

    anna.sees(said, "Allt annat på kortet är sparat.").sees_no(bad)
    assert anna.view is not None
    assert bad not in anna.view.model_dump_json(), "it is stored in the reply"
    assert room.case().planned_decision_on is None
    assert room.case().children == 2
    anna.presses("Spara", {"Planerat beslutsdatum": "2026-12-05"}).is_asked("child_heard")
    assert anna.facts() == ALL
    assert str(room.case().planned_decision_on) == "2026-12-05"


def test_the_number_of_children_cannot_be_lowered_once_the_last_has_an_answer(anna: Chat, room: Room) -> None:
    opens(anna, children=2)
    anna.types("ändra 1 barn 2").presses("Ja")
    anna.types("vad saknas").presses("Fyll i uppgifter").presses("Spara", {"Antal barn": "1"})

    anna.sees("antalet barn kan inte sänkas")
    assert room.case().children == 2


def test_a_worker_in_one_unit_is_not_asked_for_it(anna: Chat) -> None:
    anna.types(f"ny {REF}").sees_no("Enhet")


def test_a_worker_in_several_units_chooses_one(room: Room) -> None:
    eva = room.chat("eva").types(f"ny {REF}")
    chosen = inputs(eva.card)["unit"]
    assert {choice["title"] for choice in chosen["choices"]} == {NORTH, SOUTH}

    eva.presses("Spara", Enhet=SOUTH).is_asked("child_heard")

    south = room.scalar(f"select id from unit where name = '{SOUTH}'")
    assert room.case().unit_id == south
    assert room.scalar("select unit_id from filled_checklist") == south


def test_the_form_can_be_opened_from_the_first_card(anna: Chat) -> None:
    anna.types(f"ny {REF}").presses("Formulär", fact_fields(anna, ALL))

    assert anna.kind() == "form"
    assert anna.facts() == ALL


# --- changed facts -----------------------------------------------------------------------------------------


def test_a_fact_that_changes_closes_an_item_and_brings_its_old_answer_back(anna: Chat) -> None:
    opens(anna, **(ALL | {"child_placed": "ja"}))
    fills(anna, {"health_check_done": "pagaende"})
    assert anna.gaps() == []

    anna.types("uppgifter").presses("Spara", {"Är barnet placerat?": "Nej"})
    assert anna.counted("health_check_done") == "ej_tillampligt"
    anna.types("fortsätt").sees_no("hälsoundersökning")

    anna.types("uppgifter").presses("Spara", {"Är barnet placerat?": "Ja"})
    assert anna.counted("health_check_done") == "pagaende"
    assert anna.revisions("health_check_done") == ["pagaende"]
    assert anna.gaps() == []
    anna.types("fortsätt").sees("hälsoundersökning", "Pågår")


def test_not_applicable_is_offered_only_when_its_fact_says_so(anna: Chat) -> None:
    opens(anna, **(ALL | {"violence": "ja"}))
    fills(anna, until="police_report_decided")
    assert "Ej tillämpligt" not in anna.buttons

    anna.types("uppgifter").presses("Spara", {"Är det ett våldsärende?": "Nej"})
    anna.types("fortsätt").is_asked("police_report_decided")
    assert "Ej tillämpligt" in anna.buttons


def test_a_stored_not_applicable_that_the_facts_no_longer_allow_is_open_again(anna: Chat) -> None:
    opens(anna, **ALL)
    fills(anna, {"police_report_decided": "ej_tillampligt", "child_informed_intervention": "ej_tillampligt"})
    assert anna.gaps() == []

    anna.types("uppgifter").presses("Spara", {"Är det ett våldsärende?": "Ja", "Beslutas om insats?": "Ja"})

    assert anna.gaps() == ["child_informed_intervention", "police_report_decided", "further_violence_risk_assessed"]
    anna.types("fortsätt").is_asked("child_informed_report").sees_no("Ej tillämpligt")
    assert anna.revisions("police_report_decided") == ["ej_tillampligt"]


def test_an_old_facts_card_does_not_undo_what_was_said_since(anna: Chat) -> None:
    anna.types(f"ny {REF}")
    old = anna.shown
    saves_facts(anna, **ALL)

    anna.presses("Spara", {"Är det ett våldsärende?": "Ja"}, on=old).sees(
        "Uppgifterna har ändrats sedan kortet visades"
    )

    assert anna.facts() == ALL


@pytest.mark.parametrize("said", [{"Antal barn": "2"}, {"Planerat beslutsdatum": "2026-06-09"}])
def test_an_old_facts_card_says_nothing_else_of_the_case_either(anna: Chat, room: Room, said: dict[str, str]) -> None:
    anna.types(f"ny {REF}")
    old = anna.shown
    anna.presses("Spara", {"Är det ett våldsärende?": "Ja", "Planerat beslutsdatum": "2026-06-02"})
    same = {"Är det ett våldsärende?": "Ja", "Planerat beslutsdatum": "2026-06-02"}

    anna.presses("Spara", same | said, on=old).sees("Uppgifterna har ändrats sedan kortet visades")

    case = room.case()
    assert (case.children, str(case.planned_decision_on)) == (1, "2026-06-02")


def test_a_planned_date_on_the_facts_card_can_go_back_and_forth(anna: Chat, room: Room) -> None:
    opens(anna, **{name: value for name, value in ALL.items() if name != "violence"})
    for day in ("2026-06-01", "2026-07-01", "2026-06-01", "2026-07-01"):
        anna.types("vad saknas").presses("Fyll i uppgifter").presses("Spara", {"Planerat beslutsdatum": day})
        assert str(room.case().planned_decision_on) == day


# --- a case named almost rightly -------------------------------------------------------------------------------------

OTHER = "SN 2026/0777"
NEARLY = ("SN 2026-0123", "SN 2026/123", "sn 2026-123", "SN 2026/00123", "SN 2026 123", "SN2026:0123")


@pytest.mark.parametrize("written", NEARLY)
@pytest.mark.parametrize("command", ["fortsätt", "vad saknas", "formulär", "uppgifter", "ändra 1", "vad betyder 1"])
def test_her_own_case_is_offered_where_only_marks_or_zeros_differ(anna: Chat, command: str, written: str) -> None:
    opens(anna).types("mina ärenden").types(f"{command} {written}").sees("finns inget ärende", f"”{command} {REF}”?")

    assert f"{command} {REF}" in anna.buttons
    anna.presses(f"{command} {REF}").sees(REF).sees_no("finns inget ärende")


def test_the_case_offered_may_be_chosen_by_typing_also_where_a_question_waits(anna: Chat) -> None:
    opens(anna).types("mina ärenden").types("fortsätt SN 2026-1").sees("finns inget ärende").sees_no("Menade du")
    anna.types("fortsätt SN 2026-123").types("1").is_asked("child_heard")
    anna.types("uppgifter SN 2026-123").is_asked("child_heard").types(f"uppgifter {REF}").sees("Antal barn")
    anna.types("mina ärenden").types("fortsätt").types("Paus").types("SN 2026-0123").sees(f"”fortsätt {REF}”?")
    anna.presses(f"fortsätt {REF}").is_asked("child_heard")


def test_a_case_asked_for_on_a_card_is_offered_too(anna: Chat, room: Room) -> None:
    opens(anna, OTHER)
    room.chat("bo").types("fortsätt").presses("Öppna", Ärende="SN 2026-777").sees("finns inget").sees_no(OTHER)
    anna.types("language en").types("my cases").types("continue SN 2026-777").sees(f"Did you mean “continue {OTHER}”?")
    anna.presses(f"continue {OTHER}").is_asked("child_heard")
    anna.types("mina ärenden").types("sn 2026-777").presses(f"continue {OTHER}").is_asked("child_heard")


@pytest.mark.parametrize("others", [True, False])
def test_nobody_elses_case_is_offered_and_hers_whether_or_not_the_other_exists(
    anna: Chat, room: Room, *, others: bool
) -> None:
    bo = room.chat("bo")
    opens(anna)
    if others:
        bo.types("ny SN 2026/123").presses("Öppna SN 2026/123").sees("Uppgifter som avgör")
    anna.types("mina ärenden").types("fortsätt SN 2026/123").sees(f"Menade du ”fortsätt {REF}”?")

    bo.types("mina ärenden").types("fortsätt SN 2026-0123").sees("finns inget ärende").sees_no(REF)
    assert ("”fortsätt SN 2026/123”" in bo.text) is others


def test_with_a_pattern_of_its_own_a_number_that_does_not_follow_it_is_offered_as_it_should_be(
    anna: Chat, room: Room
) -> None:
    opens(anna)
    own = r"SN \d{4}/\d{4}"
    room.desk.run_now(lambda session: tenants.set_setting(tenants.known(session, TENANT), "case_ref_pattern", own))
    anna.types("mina ärenden").types("fortsätt SN 2026-123").presses(f"fortsätt {REF}").is_asked("child_heard")
    anna.types("mina ärenden").types("fortsätt SN 2026-12").sees("Ärendenumret känns inte igen")
