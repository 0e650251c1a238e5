"""What people write when they do not write a command: references, politeness, titles, and what is not understood."""

import pytest

from dialogs.turn.commands import COMMANDS
from dialogs.turn.english import ENGLISH
from storage import tenants
from tests.chat.drive import fills, opens
from tests.chat.harness import REF, TENANT, Chat, Room
from tests.chat.read_drive import begins, reads, sent
from tests.chat.test_typing import ALL, informed

OWN_PATTERN = r"SN \d{4}/\d{4}"


@pytest.fixture
def asked_first(anna: Chat) -> Chat:
    """Anna, asked question one of her own case."""
    return opens(anna, **ALL).is_asked("child_heard")


@pytest.fixture
def own_pattern(room: Room) -> None:
    """A municipality with a pattern of its own for its references."""
    room.desk.run_now(lambda s: tenants.set_setting(tenants.ensure(s, TENANT), "case_ref_pattern", OWN_PATTERN))


def opened(room: Room) -> int:
    return len(room.events("case_opened"))


# --- which case ------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("line", "command"),
    [
        ("hur gör jag om barnet inte vill prata", "hjälp"),
        ("var hittar jag orosanmälan", "hjälp"),
        ("kan jag ta bort ett ärende", "fel nummer"),
        ("hur tar jag bort mitt ärende?", "fel nummer"),
        ("can I remove a case", "fel nummer"),
        ("vart skickar jag", "vad saknas"),
        ("har chefen läst?", "vad saknas"),
        ("visa mina svar", "vad saknas"),
        ("jag behöver mer tid", "uppgifter"),
        ("jag ska på semester, vem tar över", "uppgifter"),
        ("anmälan kom in 12/5", "uppgifter"),
        ("ser chefen det här?", "hjälp"),
        ("hur ändrar jag ett svar", "ändra"),
        ("rätta", "ändra"),
        ("kan jag gå tillbaka", "tillbaka"),
        ("visa alla frågor", "formulär"),
        ("kortet är borta", "fortsätt"),
        ("vad menas med delvis", "vad betyder"),
        ("jag förstår inte frågan", "vad betyder"),
        ("hur byter jag språk", "språk"),
        ("jag måste gå", "paus"),
        (f"gå till {REF}", f"fortsätt {REF}"),
        (f"visa ärendet nu: {REF}", f"fortsätt {REF}"),
        (f"var är {REF}", f"fortsätt {REF}"),
        ("starta SN 2026/0777", "ny SN 2026/0777"),
        ("lägg upp ärende SN 2026/0777.", "ny SN 2026/0777"),
    ],
)
@pytest.mark.parametrize("on", ["question", "facts"])
def test_what_is_said_in_ones_own_words_leads_on_from_any_card(
    anna: Chat, room: Room, line: str, command: str, on: str
) -> None:
    anna.types(f"ny {REF}") if on == "facts" else opens(anna, **ALL)
    before = room.count()

    anna.types(line).sees(f"Menade du ”{command}”?").presses(command)

    assert room.count() == before
    assert anna.said or "Det förstod jag inte" not in anna.text


def test_an_answer_typed_when_the_case_is_closed_is_told_so(asked_first: Chat) -> None:
    asked_first.types("uppgifter").presses("Avsluta").presses("Avsluta").sees("är avslutat")

    asked_first.types("nej, hon är två").sees("Ärendet är avslutat och kan inte ändras")
    assert "Öppna igen" in asked_first.buttons
    assert asked_first.stored("child_heard") == ""


@pytest.mark.parametrize("line", ["Bo Exempel 12/5 till 20/5", "ledig 12/5 och 2026/05", "kommer kl 10:15"])
def test_days_and_times_at_the_end_of_a_line_are_no_case_to_open(asked_first: Chat, line: str) -> None:
    asked_first.types(line).sees("Det förstod jag inte").sees_no("ny ")


BESIDE = "Det här fyller du i på kortet ovanför"


@pytest.mark.parametrize(
    ("leads", "kind", "again"),
    [
        (("uppgifter",), "details", "Uppgifter"),
        (("uppgifter", "Förläng"), "extend", "Förläng"),
        (("uppgifter", "Avsluta"), "close", "Avsluta"),
        (("fel nummer",), "wrong_case", "Fel ärendenummer"),
        (("formulär",), "form", "Formulär"),
    ],
)
def test_what_is_typed_beside_a_card_of_fields_is_told_where_it_belongs(
    asked_first: Chat, room: Room, leads: tuple[str, ...], kind: str, again: str
) -> None:
    asked_first.types(leads[0])
    for title in leads[1:]:
        asked_first.presses(title)
    before = room.content_but("inbox", "conversation")

    for line in ("ja", "2026-05-12", "SN 2026/0888", "nej, hon är två", "barnet är sjukt, så det tar längre tid"):
        asked_first.types(line).sees("Det du skrev är inte sparat", BESIDE).sees_no("ny SN 2026/0888")
        assert again in asked_first.buttons
    assert room.content_but("inbox", "conversation") == before, "nothing is stored, nor any case opened"
    asked_first.presses(again)
    assert asked_first.kind() == kind
    asked_first.types("vad saknas").sees("Det här saknas")


def test_what_a_chef_types_beside_her_form_or_a_reason_is_told_where_it_belongs(room: Room) -> None:
    sent(room, {"communication_boxes_filled": "nej"})
    chef = begins(room.chat("cecilia")).types("ja").sees(BESIDE).presses("Fortsätt läsa")
    reads(chef, {"communication_boxes_filled": "nej"}).presses("Visa skillnader").presses("Signera med brist")

    chef.types("påhittat skäl: rutorna fylls i efter mötet").sees(BESIDE).presses("Öppna")

    assert "Signera med brist" in chef.buttons
    assert room.events("signed_with_shortfall") == []


@pytest.mark.parametrize("word", ["besvara", "svara", "svara på fråga", "Answer", "fråga", "question"])
def test_a_question_is_reached_by_whatever_word_answers_it(asked_first: Chat, word: str) -> None:
    asked_first.types(f"{word} 9").is_asked("police_report_decided").types("ändra 1").presses("Nej")
    asked_first.types(f"{word} 7").is_asked("communication_boxes_filled").types(word.split()[0])
    assert "Välj först vilken fråga" in asked_first.text
    assert asked_first.stored("child_not_heard_motivated") == ""


@pytest.mark.parametrize(
    "line", [f"nytt ärende {REF}", f"new case {REF}", f"Nytt ärende {REF.lower()}", f"ny {REF} tack"]
)
def test_new_case_means_the_reference_after_it(anna: Chat, room: Room, line: str) -> None:
    anna.types(line).sees("Uppgifter som avgör", REF)

    assert opened(room) == 1


@pytest.mark.parametrize(
    "line",
    [
        f"ny ärende {REF}",
        f"ny dnr {REF}",
        f"ny {REF} barn 2",
        f"ny {REF} nu",
        f"nytt nr. {REF}",
        f"nytt ärende dnr {REF}",
    ],
)
@pytest.mark.parametrize("is_known", [True, False])
def test_words_around_a_reference_are_asked_about(anna: Chat, room: Room, line: str, *, is_known: bool) -> None:
    if is_known:
        opens(anna, **ALL)
    before = opened(room)

    anna.types(line).sees("Vilket ärende menar du?")
    assert opened(room) == before

    anna.presses(f"Öppna {REF}").sees(REF)
    assert opened(room) == 1


@pytest.mark.parametrize(
    ("line", "kind"),
    [
        (f"vad saknas i {REF}", "missing"),
        (f"fortsätt med {REF.lower()}", "question"),
        (f"uppgifter för ärende {REF}", "details"),
        (f"missing in {REF}", "missing"),
        (f"ändra fråga 1 i {REF}", "question"),
        (f"ändra {REF} fråga 1", "question"),
    ],
)
def test_a_case_is_found_behind_the_small_words_of_a_sentence(anna: Chat, room: Room, line: str, kind: str) -> None:
    opens(anna, **ALL)

    assert anna.types(line).kind() == kind
    room.desk.run_now(lambda s: tenants.set_setting(tenants.ensure(s, TENANT), "case_ref_pattern", OWN_PATTERN))
    assert anna.types(line).kind() == kind


@pytest.mark.parametrize(
    "line",
    [
        "Uppgifter i journal 12 maj",
        "Uppgifter från BVC 2025 lästes",
        "Ny tid 12 maj",
        "Ny bedömning 2026",
        "Formulär 12 ifyllt av skolan",
        "Details 12 May",
    ],
)
def test_a_motivation_that_begins_like_a_command_is_asked_about_and_not_lost(anna: Chat, line: str) -> None:
    opens(anna, **ALL).types("nej").types(line).sees_no("Det finns inget ärende", "Vilket ärende menar du?")
    if anna.kind() == "doubt":
        anna.presses("Spara som motivering")

    assert anna.written("child_not_heard_motivated").motivation == line


@pytest.mark.parametrize("line", ["fortsätt SN 2026/9999", "uppgifter SN 2026/9999", "ändra 4 SN 2026/9999"])
def test_after_a_case_that_cannot_be_opened_the_question_still_waits(anna: Chat, room: Room, line: str) -> None:
    opens(anna, **ALL).types(line).sees("Det finns inget ärende med det numret").is_asked("child_heard")
    assert room.events("denied")[-1].case_id is None

    anna.types("nej").types(line).sees("Det finns inget ärende").is_asked("child_not_heard_motivated")
    anna.types("barnet var påhittat litet").is_asked("child_informed_report")


def test_what_only_the_permissive_pattern_lets_through_is_asked_about(asked_first: Chat, room: Room) -> None:
    asked_first.types("ny bedömning 2026").sees("Vilket ärende menar du?", "Öppna BEDÖMNING 2026")

    assert opened(room) == 1


@pytest.mark.parametrize("line", ["1", f"Öppna {REF}"])
def test_which_case_is_meant_may_be_typed(anna: Chat, room: Room, line: str) -> None:
    anna.types(f"ny ärende {REF}").types(line).sees("Uppgifter som avgör", REF)
    assert room.case().ref == REF


def test_where_a_reference_is_asked_for_it_is_asked_for_again(anna: Chat) -> None:
    anna.types("fortsätt").types("kanske det från i tisdags").sees("känns inte igen", "Vilket ärende gäller det?")
    anna.types(REF).sees("Det finns inget ärende med det numret", "Vilket ärende gäller det?")


@pytest.mark.parametrize("line", [f"ny {REF} ärende", f"ny {REF} fel skrivet"])
def test_where_a_reference_is_asked_for_a_command_with_one_is_that_command(anna: Chat, line: str) -> None:
    anna.types("ny Kalle").sees("Vilket ärende gäller det?")

    anna.types(line).sees(f"Öppna {REF}").sees_no("Öppna NY")
    anna.types("ny").presses("Öppna", {"case_ref": line}).sees(f"Öppna {REF}").sees_no("Öppna NY")


def test_a_known_reference_with_other_spaces_is_asked_about(asked_first: Chat, room: Room) -> None:
    asked_first.types("ny sn2026/0123").sees("Vilket ärende menar du?").presses(f"Öppna {REF}").is_asked("child_heard")

    assert opened(room) == 1


@pytest.mark.usefixtures("own_pattern")
def test_where_the_pattern_makes_it_certain_the_spaces_do_not_matter(anna: Chat, room: Room) -> None:
    opens(anna.types("ny sn2026/0123"), **ALL)
    assert room.case().ref == REF

    anna.types("hjälp").types("sn 2026/0123").is_asked("child_heard")
    anna.types("hjälp").types("fortsätt SN2026/0123").is_asked("child_heard")


@pytest.mark.usefixtures("own_pattern")
@pytest.mark.parametrize("line", ["ny 2026/0123", "ny ärendet", "ny SN 26/1"])
def test_what_is_not_the_municipalitys_pattern_opens_nothing_and_asks_again(anna: Chat, room: Room, line: str) -> None:
    anna.types(line).sees("känns inte igen", "Vilket ärende gäller det?").types(REF).sees("Uppgifter som avgör")

    assert (opened(room), room.case().ref) == (1, REF)


@pytest.mark.parametrize("line", [REF, REF.lower(), f"{REF}?", f"ärende {REF}", f" {REF} tack", "sn  2026/0123"])
def test_a_bare_reference_opens_that_case(asked_first: Chat, line: str) -> None:
    asked_first.types("hjälp").types(line).is_asked("child_heard")


def test_a_bare_reference_opens_the_list_that_is_hers_though_the_case_is_not(anna: Chat, room: Room) -> None:
    opens(anna, **ALL)
    vera = room.chat("vera")
    vera.types(REF).sees_no("0 av")
    vera.types(f"ny {REF}").is_asked("investigation_opened_without_delay").types("hjälp")

    vera.types(REF).is_asked("investigation_opened_without_delay").sees("Revisorns stickprov")


def test_a_reference_in_a_sentence_is_a_motivation(asked_first: Chat) -> None:
    asked_first.types("nej").types(f"Ärende {REF} gäller")

    assert asked_first.written("child_not_heard_motivated").motivation == f"Ärende {REF} gäller"


def test_a_bare_reference_at_a_motivation_opens_the_case_and_is_no_motivation(asked_first: Chat) -> None:
    opens(asked_first, "SN 2026/0202", **ALL).types("nej").types(REF).is_asked("child_heard").sees(REF)

    assert asked_first.stored("child_not_heard_motivated", ref="SN 2026/0202") == ""


def test_a_bare_reference_one_may_not_open_is_answered_like_one_that_does_not_exist(
    asked_first: Chat, room: Room
) -> None:
    doris = room.chat("doris")
    texts = [doris.types(line).text.replace(line, "") for line in (REF, "SN 2026/0999")]

    assert texts[0] == texts[1]


# --- politeness, punctuation, titles -------------------------------------------------------------------------------


@pytest.mark.parametrize(
    "line", ["vad saknas?", "Vad saknas ?", "vad saknas tack", "vad saknas, tack!", f"vad saknas {REF}?"]
)
def test_commands_are_understood_with_what_people_end_them_with(asked_first: Chat, line: str) -> None:
    asked_first.types(line).sees("Vad saknas?", "Besvara 1")


@pytest.mark.parametrize("line", ["tack", "Tack!", "tack så mycket", "ok tack", "thanks"])
def test_politeness_gets_a_friendly_line_and_the_question_still_stands(
    asked_first: Chat, room: Room, line: str
) -> None:
    asked_first.types(line).sees("Varsågod")

    assert room.count() == 0
    assert asked_first.types("ja").stored("child_heard") == "ja"


@pytest.mark.parametrize(
    "line", ["skicka till chef", "Skicka till chef!", f"skicka till chef {REF}", "send to manager"]
)
def test_send_to_chef_leads_to_the_button_and_sends_nothing_by_itself(asked_first: Chat, room: Room, line: str) -> None:
    asked_first.types(line).sees("Vad saknas?")

    assert "Skicka till chef" in asked_first.buttons
    assert room.events("sent") == []


@pytest.mark.parametrize("line", ["<p></p>", "&nbsp;", "\u200b\u200b", "***", "<div><br></div>"])
def test_only_markup_or_nothing_visible_is_nothing_said(asked_first: Chat, room: Room, line: str) -> None:
    asked_first.types(line).sees("Jag ser ingen text")

    assert asked_first.types("ja").stored("child_heard") == "ja"


@pytest.mark.parametrize(
    "line", ["ändra fråga 1", "ändra nr 1", "change question 1", f"ändra fråga 1 {REF}", "Ändra svar 1"]
)
def test_a_question_is_changed_by_its_number_in_words(asked_first: Chat, line: str) -> None:
    asked_first.types("ja").types(line).is_asked("child_heard").sees("Nu: Ja")


def test_a_child_is_named_while_filling_in(anna: Chat) -> None:
    opens(anna, children=2, **ALL).is_asked("child_heard")

    anna.types("barn 2").sees("Barn 2")
    anna.types("barn 1").is_asked("child_heard").sees("Barn 1 (äldst)")
    anna.types("barn 3").sees("Det finns inget Barn 3").is_asked("child_heard")


# --- what is not understood ------------------------------------------------------------------------------------------


def test_a_suggestion_keeps_the_reference(asked_first: Chat) -> None:
    opens(asked_first, "SN 2026/0202", **ALL).types("hjälp")

    asked_first.types(f"fortsett {REF}").sees(f"Menade du ”fortsätt {REF}”?").presses(f"fortsätt {REF}")
    asked_first.is_asked("child_heard").sees(REF)


def test_a_suggestion_is_something_this_person_may_do(room: Room) -> None:
    room.chat("vera").types("enhetens ärende").sees("Det förstod jag inte").sees_no("enhetens ärenden")


@pytest.mark.parametrize("line", ["nej paus menar jag inte?", "ja hjälpen kom?", "nej?", "ja eller nej", "jaha ny"])
def test_a_line_that_begins_with_an_answer_gets_no_command_suggested(asked_first: Chat, room: Room, line: str) -> None:
    asked_first.types(line).sees_no("Menade du")

    assert room.count() == 0


def test_a_refusal_shows_the_question_again_with_what_can_be_answered(asked_first: Chat) -> None:
    asked_first.types("delvis").is_asked("child_heard").sees("Det svaret kan inte ges", "Du kan svara: Ja, Nej.")
    asked_first.types("det beror på").is_asked("child_heard").sees("Det förstod jag inte")

    asked_first.types("japp").types("ja ja ja ja ja").is_asked("child_informed_report").sees("lika många svar")
    assert informed(asked_first.types("ja ja nej ja")) == ["ja", "ja", "nej", "ja"]


def test_the_third_misunderstanding_in_a_row_offers_the_form(asked_first: Chat) -> None:
    for line in ("blå himmel", "grön skog"):
        asked_first.types(line).sees_no("Vill du hellre")
    asked_first.types("gul sol").sees("Vill du hellre fylla i allt på ett kort?").presses("Formulär").sees("Formulär")


def test_what_is_understood_in_between_begins_the_count_anew(asked_first: Chat) -> None:
    for line in ("blå himmel", "grön skog", "hjälp", "gul sol", "röd bil"):
        asked_first.types(line).sees_no("Vill du hellre")


def test_the_form_is_offered_where_no_question_is_shown_too(asked_first: Chat) -> None:
    for line in ("hjälp", "blå himmel", "grön skog", "gul sol"):
        asked_first.types(line)

    asked_first.presses("Formulär").sees("Fyll i det du kan")


def test_the_whole_list_is_typed_in_everyday_words(asked_first: Chat) -> None:
    for line in (
        "japp!",
        "jajamän ja nä jo",
        "barnet var påhittat sjukt",
        "yep",
        "1)",
        "vi har en påhittad motivering",
    ):
        asked_first.types(line)

    assert asked_first.sees("Sammanfattning").gaps() == []
    fills(asked_first)


# --- what goes with an answer, what is to be changed, and what is no comment ------------------------------------------


def test_how_the_child_was_heard_is_kept_as_that_and_not_as_a_reservation(asked_first: Chat) -> None:
    asked_first.types("ja, eget samtal").sees("Sparat med svaret på fråga 1.")
    written = asked_first.written("child_heard")
    assert (written.choice, written.option, written.note) == ("ja", "own_talk", "")
    asked_first.types("ångra").types("ja, observation och via annan").sees("kommentar (förbehåll)")
    assert asked_first.written("child_heard").option == ""


@pytest.mark.parametrize(
    "line",
    [
        *("ändra 1 till ja", "ändra fråga 1 till ja", "ändra svaret på fråga 1 till ja", "fråga 1 ska vara ja"),
        *("kan jag ändra svaret på fråga 1 till ja?", "change the answer to question 1 to yes", "fråga 1 ja"),
    ],
)
def test_a_change_that_names_its_answer_shows_the_question_and_stores_nothing(asked_first: Chat, line: str) -> None:
    asked_first.types("nej, påhittat skäl").types("hjälp")
    asked_first.types(line).is_asked("child_heard").sees("svaret står kvar tills du svarar")
    assert asked_first.stored("child_heard") == "nej"
    asked_first.types("ja")
    assert asked_first.stored("child_heard") == "ja"


@pytest.mark.parametrize("line", ["avbryt", "nej", "tack", "hur menar du?", "..", "ändra mig"])
def test_what_may_not_be_meant_as_a_comment_is_not_kept_as_one(asked_first: Chat, line: str) -> None:
    asked_first.presses("Kommentera").types(line).sees("Det ser inte ut som en kommentar")
    assert asked_first.kind() == "comment"
    assert asked_first.row("child_heard") is None
    asked_first.types("en påhittad kommentar").sees("Kommentaren är sparad.")
    assert asked_first.written("child_heard").note == "en påhittad kommentar"


def test_a_word_is_no_number_of_a_question(asked_first: Chat) -> None:
    asked_first.types("vad är fråga 4?").sees("information om utredningen?", "Räknas som Ja")
    asked_first.types("vad betyder barnets bästa?").sees("Menade du ”vad betyder”?").sees_no("Räknas som Ja")


# --- in English ------------------------------------------------------------------------------------------------------


def test_every_command_has_an_english_word_that_may_be_typed() -> None:
    assert ENGLISH.keys() == {command.word for command in COMMANDS}
    for command in COMMANDS:
        assert ENGLISH[command.word] in command.aliases


@pytest.mark.parametrize(
    ("line", "word"),
    [
        ("contineu", "continue"),
        ("what is left", "missing"),
        ("cases", "my cases"),
        ("wrong number here", "wrong number"),
        ("the deadline", "details"),
        ("på svenska", "language sv"),
    ],
)
def test_who_has_chosen_english_is_told_the_english_word(anna: Chat, line: str, word: str) -> None:
    opens(anna, **ALL).types("språk en").types("help")
    anna.types(line).sees(f"Did you mean “{word}”?")
    old = anna.shown
    anna.presses(word)
    assert anna.said or anna.shown.card != old.card


@pytest.mark.parametrize("line", ["spara", "Spara", "save", "stäng", "öppna"])
def test_the_title_of_a_button_is_no_slip_for_a_command(anna: Chat, line: str) -> None:
    opens(anna, **ALL).types("mina ärenden").types(line).sees_no("Menade du ”språk”")


@pytest.mark.parametrize("line", ["för att vi inte bedömde det som brott", "för att barnet är nyfött"])
def test_a_reason_is_no_slip_for_a_command(anna: Chat, line: str) -> None:
    opens(anna, **ALL).types(line).sees("Det förstod jag inte").sees_no("Menade du").is_asked("child_heard")


@pytest.mark.parametrize("begin", [f"ny {REF}", f"ny skyddsbedömning {REF}"])
def test_where_the_form_is_offered_already_it_is_not_offered_twice(anna: Chat, begin: str) -> None:
    anna.types(begin).types("blått").types("grönt").types("gult").sees("Vill du hellre fylla i allt på ett kort?")

    assert anna.buttons.count("Formulär") == 1


@pytest.mark.parametrize("title", ["eget samtal", "Eget samtal.", "Individual conversation"])
def test_what_is_offered_beside_a_group_may_be_typed_by_its_title(asked_first: Chat, title: str) -> None:
    asked_first.types("ja").sees("Hur kom barnet till tals?").types(title).sees("Sparat: Eget samtal.")

    assert asked_first.written("child_heard").option == "own_talk"
    asked_first.types("ja ja nej ja").sees("4 svar är sparade i ordning")


@pytest.mark.parametrize("number", ["1", "2)", "nr 1"])
def test_a_number_on_a_group_chooses_nothing_beside_it(asked_first: Chat, number: str) -> None:
    asked_first.types("ja").types(number).sees("Inget sparades")

    assert asked_first.written("child_heard").option == ""
