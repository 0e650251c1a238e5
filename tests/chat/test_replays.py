"""Activities that arrive twice, too late, from the wrong person, or tampered with."""

import base64
import hmac
import json
from collections.abc import Iterator

import pytest

from dialogs.turn.commands import VERBS
from dialogs.turn.tokens import Mint
from dialogs.views.views import Claim
from storage.answers import AnswerRow
from storage.outbox import OutboxRow
from storage.signatures import SignatureRow
from storage.trail import EventRow
from tests.chat.card_hand import button, gathered
from tests.chat.drive import fills, opens
from tests.chat.harness import LIST, NORTH, REF, SECRET, SOUTH, TENANT, Chat, Room, move_in
from tests.chat.read_drive import begins, reads, sent
from tests.sql.import_files import import_cases

ALL = {"violence": "nej", "child_placed": "nej", "intervention_decided": "nej", "child_communicated": "ja"}
KEPT = (AnswerRow, EventRow, OutboxRow)
WHY = "Påhittat skäl: umgänget var inställt"


# --- twice -------------------------------------------------------------------------------------------------


def test_the_same_activity_twice_gets_the_same_reply_and_stores_nothing_more(anna: Chat, room: Room) -> None:
    opens(anna, **ALL)
    question = anna.shown
    anna.presses("Nej", on=question)
    first, rows, said = anna.last_id, room.count(*KEPT), anna.text

    anna.presses("Nej", on=question, again=first)

    assert (room.count(*KEPT), anna.text) == (rows, said)


def test_a_typed_activity_twice_is_answered_once(anna: Chat, room: Room) -> None:
    opens(anna, **ALL).types("nej")
    first, rows, posted = anna.last_id, room.count(*KEPT), len(anna.posted)

    anna.types("nej", again=first)

    assert room.count(*KEPT) == rows
    assert len(anna.posted) == posted
    assert anna.stored("child_not_heard_motivated") == ""


def test_the_same_id_with_other_content_is_refused_and_told_in_the_trail(anna: Chat, room: Room) -> None:
    opens(anna, **ALL)
    question = anna.shown
    anna.presses("Nej", on=question)

    anna.presses("Ja", on=question, again=anna.last_id).sees("kom två gånger med olika innehåll")

    assert anna.revisions("child_heard") == ["nej"]
    assert len(room.events("conflict")) == 1


def test_the_same_press_under_a_new_id_gets_the_stored_reply(anna: Chat, room: Room) -> None:
    opens(anna, **ALL)
    question = anna.shown
    anna.presses("Nej", on=question)
    rows, said = room.count(*KEPT), anna.text
    fills(anna, until="communication_boxes_filled")
    answered = room.count(*KEPT)
    anna.refreshing = False  # otherwise it would show the list's current position

    anna.presses("Nej", on=question)

    assert (room.count(*KEPT), anna.text) == (answered, said)
    assert answered > rows


@pytest.mark.parametrize("same_id", [False, True])
@pytest.mark.parametrize("days", [0, 3])
def test_whoever_has_the_case_no_more_is_shown_nothing_of_it_by_the_same_press(
    anna: Chat, room: Room, days: int, *, same_id: bool
) -> None:
    fills(opens(anna, **ALL), until="police_report_motivated")
    card = anna.shown
    anna.presses("Spara", {"motivation": WHY}, on=card).sees(WHY)
    again = anna.last_id if same_id else ""
    room.chat("cecilia").types(f"uppgifter {REF}").presses("Spara handläggare", {"lead": "Bo Exempel"})
    room.later(days=days)
    anna.types("hjälp")

    anna.presses("Spara", {"motivation": WHY}, on=card, again=again)

    assert "Det finns inget ärende med det numret" in anna.said
    assert "Sammanfattning" not in anna.said + str(anna.card)


def test_whoever_stood_in_is_shown_no_answers_after_her_days(room: Room) -> None:
    move_in(room.desk, ("david", "David Provsson", SOUTH, "unit_manager"))
    days = {"person": "David Provsson", "first": "2026-05-12", "last": "2026-05-13"}
    room.chat("cecilia").types("ersättare").presses("Spara", days)
    sent(room, readers=("cecilia", "david"))
    david = reads(begins(room.chat("david")))
    card = david.shown
    david.presses("Visa skillnader", on=card).sees("Inga skillnader")
    room.later(days=4)

    david.types("hjälp").presses("Visa skillnader", on=card)

    assert "Det finns inget ärende med det numret" in david.said


def test_a_motivation_pressed_twice_is_kept_once_and_answered_alike(anna: Chat, room: Room) -> None:
    opens(anna, **ALL).presses("Nej")
    card = anna.shown
    said = anna.presses("Spara", Motivering=WHY, on=card).text

    assert anna.presses("Spara", Motivering=WHY, on=card).text == said
    assert anna.revisions("child_not_heard_motivated") == ["ja"]


def test_another_value_on_an_old_card_says_when_it_was_answered_and_shows_where_the_list_is(
    anna: Chat, room: Room
) -> None:
    opens(anna, **ALL)
    question = anna.shown
    anna.presses("Nej", on=question)
    room.later(minutes=7)

    anna.presses("Ja", on=question).sees("Redan besvarad 10:42.").is_asked("child_not_heard_motivated")

    assert anna.revisions("child_heard") == ["nej"]


def test_an_old_card_of_another_day_says_which_day_it_was_answered(anna: Chat, room: Room) -> None:
    opens(anna, **ALL)
    question = anna.shown
    anna.presses("Nej", on=question)
    room.later(days=40)

    anna.presses("Ja", on=question).sees("Redan besvarad 2026-05-12 10:42.")


def test_a_card_does_not_age(anna: Chat, room: Room) -> None:
    opens(anna, **ALL)
    room.later(days=400)

    anna.presses("Nej")

    assert anna.stored("child_heard") == "nej"


def test_an_old_card_of_a_question_that_is_no_longer_asked_says_so(anna: Chat) -> None:
    opens(anna, **ALL).presses("Nej")
    why = anna.shown
    anna.types("ändra 1").presses("Ja")

    anna.presses("Spara", Motivering=WHY, on=why).sees("Den frågan ställs inte längre")

    assert anna.stored("child_not_heard_motivated") == ""


def test_another_text_on_an_old_motivation_card_is_not_kept(anna: Chat) -> None:
    opens(anna, **ALL).presses("Nej")
    why = anna.shown
    anna.presses("Spara", Motivering=WHY)

    anna.presses("Spara", Motivering="Påhittad annan text", on=why).sees("Redan besvarad 10:42.")

    assert anna.written("child_not_heard_motivated").motivation == WHY


# --- two people, two devices -------------------------------------------------------------------------------


def test_two_people_answer_one_case_at_once_and_the_first_stands(anna: Chat, bo: Chat) -> None:
    opens(anna, **ALL).types("uppgifter").presses("Spara", {"Medhandläggare": "Bo Exempel"})
    anna.types("fortsätt").is_asked("child_heard")
    bo.types(f"fortsätt {REF}").is_asked("child_heard")

    bo.presses("Nej").is_asked("child_not_heard_motivated")
    anna.presses("Ja").sees("Redan besvarad 10:42.").is_asked("child_not_heard_motivated")

    assert anna.revisions("child_heard") == ["nej"]
    anna.presses("Motivering saknas").is_asked("child_informed_report")
    bo.presses("Spara", Motivering=WHY).sees("Redan besvarad").is_asked("child_informed_report")


def test_two_people_on_different_questions_do_not_disturb_each_other(anna: Chat, bo: Chat) -> None:
    opens(anna, **ALL).types("uppgifter").presses("Spara", {"Medhandläggare": "Bo Exempel"})
    anna.types("fortsätt")
    bo.types(f"ändra 7 {REF}").presses("Ja")

    anna.presses("Ja").is_asked("child_informed_report").sees("2 av 7")
    fills(anna)
    assert anna.gaps() == []


def test_the_card_on_another_device_catches_up_when_it_is_looked_at(anna: Chat) -> None:
    first = opens(anna, **ALL).shown
    fills(anna, until="communication_boxes_filled")

    anna.refreshes(on=first)

    assert "Är kommuniceringsrutorna" in str(anna.posted[first.message])


def test_a_card_on_a_device_that_is_behind_shows_what_the_co_worker_did(anna: Chat, bo: Chat) -> None:
    opens(anna, **ALL).types("uppgifter").presses("Spara", {"Medhandläggare": "Bo Exempel"})
    anna.types("fortsätt").is_asked("child_heard")
    bo.types(f"fortsätt {REF}").presses("Ja")

    anna.refreshes().is_asked("child_informed_report")


# --- not hers ----------------------------------------------------------------------------------------------


def test_someone_elses_card_does_nothing_and_tells_nothing(anna: Chat, bo: Chat, room: Room) -> None:
    opens(anna, **ALL)
    bo.types("hjälp")

    bo.presses("Ja", on=anna.shown).sees("Du kan inte använda det här kortet.").sees_no(REF, "Har barnet")

    assert anna.stored("child_heard") == ""
    assert [event.detail for event in room.events("denied")] == ["token"]


def test_a_co_worker_presses_her_own_cards_only(anna: Chat, bo: Chat) -> None:
    opens(anna, **ALL).types("uppgifter").presses("Spara", {"Medhandläggare": "Bo Exempel"})
    anna.types("fortsätt")

    bo.presses("Ja", on=anna.shown).sees("Du kan inte använda det här kortet.")

    assert anna.stored("child_heard") == ""


def test_someone_elses_card_is_not_refreshed_for_another(anna: Chat, bo: Chat) -> None:
    opens(anna, **ALL)
    bo.refreshing = False
    bo.types("hjälp")
    taken = bo.room.desk.run_now  # the same database: only the reply matters

    bo.sends(anna.card["refresh"]["action"]["data"]).sees("Du kan inte använda det här kortet").sees_no(REF)
    assert taken is not None


def edits(token: str) -> Iterator[str]:
    """Yield the token with each byte changed in two ways, and truncated."""
    for place, character in enumerate(token):
        for other in ("A" if character != "A" else "B", chr(ord(character) ^ 1)):
            yield token[:place] + other + token[place + 1 :]
    yield from ("", ".", token[:-1], token + "=", token + "A", token + "\n", " " + token, token.replace(".", ""))
    yield from (token.partition(".")[0] + ".", "." + token.partition(".")[2], token * 2, "å" * 40, "%00", "{}")


def test_every_byte_of_a_token_counts(anna: Chat) -> None:
    opens(anna, **ALL)
    token = button(anna.card, "Ja")["data"]["token"]
    mint = Mint(SECRET)

    assert mint.read(token) is not None
    assert [edited for edited in edits(token) if mint.read(edited) is not None] == []


@pytest.mark.parametrize("item", ["", "question:child_heard", 'åäö " \\ \t \x7f \x01', "fråga " * 20])
def test_a_token_is_the_one_that_releases_before_made(item: str) -> None:
    """Cards posted years ago hold them: JSON without spaces, base64 for addresses without padding."""
    claim = Claim(verb="answer", case=12, filled=3, item=item, version=2, choice="ja")
    fields = [1, 7, "answer", 12, 3, item, "", 2, "ja"]
    payload = json.dumps(fields, ensure_ascii=False, separators=(",", ":")).encode()
    tag = hmac.new(SECRET, payload, "sha256").digest()[:20]
    parts = (base64.urlsafe_b64encode(part).decode().rstrip("=") for part in (payload, tag))
    assert Mint(SECRET).sign(1, 7, claim) == ".".join(parts)


def test_a_forged_token_does_nothing_and_is_told_in_the_trail(anna: Chat, room: Room) -> None:
    opens(anna, **ALL)
    data = button(anna.card, "Ja")["data"]
    rows = room.count()
    for place, forged in enumerate(list(edits(data["token"]))[::23], start=1):
        anna.sends({**data, "token": forged}).sees("Du kan inte använda det här kortet.")
        assert room.count() == rows
        assert len(room.events("denied")) == place


NEWEST = LIST.version
CLAIM = Claim(verb="answer", case=1, filled=1, item="question:child_heard", revision="0", version=NEWEST, choice="ja")


@pytest.mark.parametrize(
    "change",
    [
        {"case": 2},
        {"case": 999},
        {"filled": 2},
        {"filled": 999},
        {"item": "question:police_report_decided"},
        {"item": "question:manager_ready_to_sign"},
        {"item": "nonsense"},
        {"item": ""},
        {"revision": "7"},
        {"revision": "-1"},
        {"version": NEWEST + 1},
        {"choice": "delvis"},
        {"choice": "ej_tillampligt"},
        {"choice": ""},
        {"choice": "obesvarad"},
    ],
)
def test_a_claim_the_bot_would_not_have_made_is_kept_nowhere_wrong(
    anna: Chat, room: Room, change: dict[str, object]
) -> None:
    """Even if signed with our own key: every field is verified against the current state."""
    opens(room.chat("doris"), "SY 2026/0777", **ALL)
    opens(anna, **ALL)
    ids = {"case": room.case().id, "filled": 2}
    claim = CLAIM.model_copy(update={**ids, **change})
    if change in ({"case": 2}, {"filled": 2}):
        claim = claim.model_copy(update=dict.fromkeys(change, 1))  # the other worker's
    person = room.scalar("select id from person where name = 'Anna Påhittad'")

    anna.sends({"verb": claim.verb, "token": Mint(SECRET).sign(1, person, claim)})

    stored = room.desk.run_now(
        lambda session: session.connection().exec_driver_sql("select filled_id, item_id, choice from answer").all()
    )
    assert stored in ([], [(2, "police_report_decided", "ja")])
    assert not stored or change == {"item": "question:police_report_decided"}


@pytest.mark.parametrize("other", [{"tenant_id": 2}, {"person_id": 999}])
def test_a_token_made_out_to_someone_else_or_for_another_tenant_is_not_hers(
    anna: Chat, room: Room, other: dict[str, int]
) -> None:
    opens(anna, **ALL)
    to = {"tenant_id": 1, "person_id": room.scalar("select id from person where name = 'Anna Påhittad'"), **other}

    token = Mint(SECRET).sign(**to, claim=CLAIM)
    anna.sends({"verb": "answer", "token": token}).sees("Du kan inte använda det här kortet.")

    assert anna.stored("child_heard") == ""


def test_a_token_signed_with_another_key_is_not_ours(anna: Chat, room: Room) -> None:
    opens(anna, **ALL)
    person = room.scalar("select id from person where name = 'Anna Påhittad'")

    anna.sends({"verb": "answer", "token": Mint(bytes(32)).sign(1, person, CLAIM)}).sees(
        "Du kan inte använda det här kortet"
    )

    assert anna.stored("child_heard") == ""


@pytest.mark.parametrize("verb", sorted({*VERBS, "", "nonsense", "ANSWER", "answer "} - {"answer"}))
def test_a_token_is_good_for_its_own_verb_only(anna: Chat, room: Room, verb: str) -> None:
    opens(anna, **ALL)
    anna.refreshing = False
    data = button(anna.card, "Ja")["data"]

    anna.sends({**data, "verb": verb}).sees("Du kan inte använda det här kortet.")

    assert anna.stored("child_heard") == ""


def test_missing_and_added_fields_of_the_data_change_nothing(anna: Chat) -> None:
    opens(anna, **ALL)
    data = button(anna.card, "Ja")["data"]

    anna.sends({"token": data["token"]}).sees("Du kan inte använda det här kortet")
    anna.sends({"verb": data["verb"]}).sees("Du kan inte använda det här kortet")
    anna.sends({}).sees("Du kan inte använda det här kortet")
    assert anna.stored("child_heard") == ""
    anna.sends({**data, "role": "unit_manager", "child_heard": "nej", "case": "2"}).is_asked("child_informed_report")
    assert anna.stored("child_heard") == "ja"


def test_inputs_of_other_items_on_a_card_are_ignored(anna: Chat) -> None:
    opens(anna, **ALL).presses("Ja")
    data = gathered(anna.card, button(anna.card, "Spara"), {"Orosanmälan": "Ja"})

    anna.sends({**data, "police_report_decided": "ja", "communication_boxes_filled": "ja"})

    assert anna.stored("child_informed_report") == "ja"
    assert anna.stored("police_report_decided") == anna.stored("communication_boxes_filled") == ""


def test_a_submit_from_an_older_client_does_the_same(anna: Chat) -> None:
    opens(anna, **ALL).submits("Nej").is_asked("child_not_heard_motivated")
    anna.submits("Spara", {"Motivering": WHY}).is_asked("child_informed_report")

    assert anna.written("child_not_heard_motivated").motivation == WHY
    assert len([card for card in anna.posted.values() if "Orosanmälan" in str(card)]) == 1


# --- back to an earlier state --------------------------------------------------------------------------------------


def test_what_is_done_again_after_it_was_undone_is_done(room: Room, anna: Chat) -> None:
    opens(anna, **ALL)
    for _ in range(3):
        anna.types("uppgifter").presses("Avsluta").presses("Avsluta").sees("är avslutat")
        assert room.case().closed_on is not None
        anna.presses("Öppna igen")
        assert room.case().closed_on is None


def test_a_case_closed_on_the_same_day_again_opens_again(room: Room, anna: Chat) -> None:
    opens(anna, **ALL)
    for moved in ("2026-04-01", "2026-04-02"):
        anna.types("uppgifter").presses("Spara", {"received_on": moved})
        anna.types("uppgifter").presses("Avsluta").presses("Avsluta").presses("Öppna igen")
        assert room.case().closed_on is None


def test_the_same_view_is_signed_again_after_a_change_was_taken_back(room: Room, anna: Chat) -> None:
    sent(room)
    chef = reads(begins(room.chat("cecilia"))).presses("Visa skillnader")
    for signed in (1, 2, 3):
        chef.presses("Signera").sees("Signerat")
        assert room.count(SignatureRow) == signed
        assert room.scalar("select count(*) from signature where voided_at is null") == 1
        anna.types("ändra 7").presses("Nej").types("ändra 7").presses("Ja")
        reads(chef.types("fortsätt")).presses("Visa skillnader")


def test_a_shortfall_is_signed_again_after_a_change_was_taken_back(room: Room, anna: Chat) -> None:
    sent(room, {"communication_boxes_filled": "nej"})
    chef = reads(begins(room.chat("cecilia"))).presses("Visa skillnader")
    for signed in (1, 2):
        chef.presses("Signera med brist").presses("Signera med brist", Skäl="Påhittat skäl").sees("Signerat med brist")
        assert room.count(SignatureRow) == signed
        anna.types("ändra 7").presses("Ja").types("ändra 7").presses("Nej")
        reads(chef.types("fortsätt")).presses("Visa skillnader")


def test_a_decision_taken_back_can_be_told_again(room: Room, anna: Chat) -> None:
    opens(anna, **ALL).types("uppgifter").presses("Spara", {"planned_decision_on": "2026-05-11"})
    room.sweeps()
    clear = f"tenant_id,case_ref,unit,decided_on\n{TENANT},{REF},{NORTH},-\n".encode()
    for _ in range(2):
        anna.receives().presses("Beslut fattat?").presses("I dag")
        assert room.case().decided_on is not None
        room.desk.run_now(lambda session: import_cases(session, clear, frozenset({TENANT}), room.now, "cli:test"))


def test_a_deputy_named_again_for_the_same_days_is_removed_again(room: Room) -> None:
    cecilia = room.chat("cecilia")
    for _ in range(2):
        cecilia.types("ersättare").presses("Spara", person="Bo Exempel", first="2026-05-12", last="2026-05-20")
        cecilia.types("ersättare").presses("Ta bort").sees("är inte längre ersättare", "Ingen ersättare är utsedd")
    assert len(room.events("deputy_removed")) == 2
