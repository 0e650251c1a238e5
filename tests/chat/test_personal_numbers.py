"""T19: a personal number in any input is rejected, and never stored, logged or repeated."""

import logging
from collections.abc import Callable

import pytest

from checklists.csv_in import BadCsv
from storage import tenants
from tests.chat.drive import opens
from tests.chat.harness import DRAWN, REF, TENANT, Chat, Room
from tests.sql.import_files import import_people
from tests.unit.test_privacy import numbers, parted

FORMS: tuple[Callable[[str], str], ...] = (
    lambda n: n[2:],
    lambda n: parted(n[2:], 6, by="-"),
    lambda n: parted(n[2:], 6, by=" "),
    lambda n: n,
    lambda n: parted(n, 8, by="\u2013"),
    lambda n: parted(n[2:], 6, by="-").translate(str.maketrans("0123456789", "０１２３４５６７８９")),
    lambda n: parted(n, 8, by="\n"),
)
PLAIN, WRITTEN = "Påhittad text", "Det gäller {} enligt anteckning"


def into_a_motivation(anna: Chat, text: str) -> None:
    anna.presses("Spara", {"motivation": text})


def into_a_place(anna: Chat, text: str) -> None:
    anna.presses("Finns i akten", {"place": text})


def into_a_draft(anna: Chat, text: str) -> None:
    anna.presses("Pausa", {"motivation": text}).sees("Allt annat är sparat")
    anna.types(f"fortsätt {REF}")


def into_a_line(anna: Chat, text: str) -> None:
    anna.types(text)


def into_an_answer(anna: Chat, text: str) -> None:
    anna.types(f"nej, {text}")


def into_a_comment(anna: Chat, text: str) -> None:
    anna.types(f"ändra 1 {REF}").presses("Kommentera").presses("Spara", {"comment": text})
    anna.types(f"fortsätt {REF}")


def into_a_reason(anna: Chat, text: str) -> None:
    anna.types(f"uppgifter {REF}").presses("Förläng")
    anna.presses("Spara", {"reason": text, "until": "2027-01-01", "limit": "4m", "reason_class": "grounds"})
    anna.types(f"fortsätt {REF}")


def into_a_date(anna: Chat, text: str) -> None:
    anna.types(f"uppgifter {REF}").presses("Spara", {"Utredning inledd": text}).sees("personnummer")
    anna.types(f"vad saknas {REF}").presses("Fyll i uppgifter").presses("Spara", {"Planerat beslutsdatum": text})
    anna.sees("personnummer").types(f"fortsätt {REF}")


def into_the_form(anna: Chat, text: str) -> None:
    anna.types(f"formulär {REF}").presses("Spara", {"child_not_heard_motivated.text": text})
    anna.types(f"fortsätt {REF}")


def into_a_reference(anna: Chat, text: str) -> None:
    anna.types(f"ny {text}")
    anna.types("ny").presses("Öppna", {"case_ref": text})
    anna.types(f"fortsätt {REF}")


ENTRIES = (
    into_a_motivation,
    into_a_place,
    into_a_draft,
    into_a_line,
    into_an_answer,
    into_a_comment,
    into_a_reason,
    into_a_date,
    into_the_form,
    into_a_reference,
)


@pytest.mark.parametrize("enters", ENTRIES, ids=lambda entry: entry.__name__)
def test_it_is_refused_wherever_it_is_entered(
    anna: Chat, room: Room, enters: Callable[[Chat, str], None], caplog: pytest.LogCaptureFixture
) -> None:
    caplog.set_level(logging.DEBUG)
    opens(anna, violence="nej").presses("Nej")
    before = [room.content_but("event", "inbox", "conversation", "outbox", "draft", "cases")]
    for place, number in enumerate(numbers()[: len(FORMS)]):
        form = FORMS[place](number)
        enters(anna, form if enters is into_a_reference else WRITTEN.format(form))
        shown = anna.text + "".join(map(str, anna.posted.values()))
        assert form not in shown, "it was repeated"

    assert before == [room.content_but("event", "inbox", "conversation", "outbox", "draft", "cases")]
    kept = room.kept_text() + DRAWN.sub("", caplog.text)
    digits = [number[2:8] for number in numbers()[: len(FORMS)]]
    assert not [six for six in digits if six in kept], "part of it was stored"
    assert room.count() == 1, "only the previous answer is stored"


def test_text_without_a_personal_number_is_accepted_in_every_input(anna: Chat, room: Room) -> None:
    opens(anna, violence="nej").presses("Nej")
    ordinary = "Möte 2026-05-12 kl. 10:42, tfn 019-21 10 00, dnr SN 2026/0123, Af 2021-04567"
    anna.presses("Spara", {"motivation": ordinary})

    assert anna.written("child_not_heard_motivated").motivation == ordinary


@pytest.mark.parametrize("column", ["email", "name", "unit"])
def test_a_register_containing_one_is_rejected_whole_and_by_line(room: Room, column: str) -> None:
    number = parted(numbers()[0][2:], 6, by="-")
    cells = {"email": "x@example.invalid", "name": PLAIN, "unit": PLAIN} | {
        column: f"{number}@x" if column == "email" else number
    }
    raw = (
        "tenant_id,email,name,unit,role\n" + f"{TENANT},{cells['email']},{cells['name']},{cells['unit']},case_worker\n"
    )
    before = room.content()

    with pytest.raises(BadCsv, match="line 2: a cell contains what looks like a personal number") as refused:
        room.desk.run_now(lambda s: import_people(s, raw.encode(), frozenset(), room.now, "cli:test"))

    assert number not in str(refused.value)
    assert room.content() == before


# --- parts of one ----------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("swapped", [False, True])
def test_one_split_over_the_two_fields_of_a_card_is_refused_and_not_shown_again(
    anna: Chat, room: Room, swapped: bool
) -> None:
    opens(anna, violence="nej").presses("Nej")
    number = numbers()[0]
    parts = (f"Född {number[:8]}", f"sista fyra {number[8:]}")
    anna.presses("Spara", dict(zip(("motivation", "place"), parts[::-1] if swapped else parts, strict=True)))

    anna.sees("personnummer")
    assert not [part for part in parts if part in room.kept_text() + anna.text + str(anna.card)]
    anna.presses("Spara", {"motivation": "Barnet var för litet (påhittat)"})
    assert anna.written("child_not_heard_motivated").choice == "ja"


def test_a_form_keeps_the_fields_that_have_no_part_in_it(anna: Chat) -> None:
    opens(anna, violence="nej").presses("Nej").types(f"formulär {REF}")
    number = numbers()[1]
    held = {"child_not_heard_motivated.text": number[:8], "child_not_heard_motivated.place": number[8:]}
    anna.presses("Spara", {"police_report_decided": "Ja", **held}).sees("personnummer")

    assert anna.stored("police_report_decided") == "ja"
    assert not anna.row("child_not_heard_motivated")


@pytest.mark.parametrize("parts", ["{0}|{1}", "född {0}|nr {1}", "{0}-|{1}", "Hon är född {0}.|De fyra sista är {1}"])
def test_two_messages_in_a_row_that_make_one_are_told(anna: Chat, room: Room, parts: str) -> None:
    opens(anna, violence="nej").presses("Nej")
    number = next(n for n in numbers() if not "1990" < n[8:] < "2040")
    first, second = parts.format(number[:8], number[8:]).split("|")
    anna.types(first).types(second)

    anna.sees("tillsammans med ditt förra meddelande")
    assert second not in room.kept_text()
    anna.types(second).sees("tillsammans med ditt förra meddelande")
    anna.types(f"fortsätt {REF}").sees(REF).sees_no("tillsammans med ditt förra")


def test_two_messages_in_a_row_that_make_none_are_two_messages(anna: Chat) -> None:
    opens(anna, violence="nej").presses("Nej")
    number = numbers()[0]
    other = f"{number[8:11]}{(int(number[11]) + 1) % 10}"
    anna.types(f"Samtal {number[:4]}-{number[4:6]}-{number[6:8]}").types(f"ändra 2 {REF}")
    anna.types(f"rum {other} på skolan")

    assert anna.written("child_not_heard_motivated").motivation == f"rum {other} på skolan"


# --- length, token ---------------------------------------------------------------------------------------------------


def test_a_long_message_and_an_overfull_card_are_refused_unread(anna: Chat, room: Room) -> None:
    opens(anna, violence="nej").presses("Nej")
    before = room.content_but("event", "inbox", "conversation", "outbox", "draft", "cases")
    anna.types("x" * 4001).sees("4001", "4000")
    anna.types(f"fortsätt {REF}").presses("Spara", {"motivation": "ord " * 10_001}).sees("40004", "40000")

    assert room.content_but("event", "inbox", "conversation", "outbox", "draft", "cases") == before


@pytest.mark.parametrize("line", ["Pappa 640823-3234 ringde", "640823-3234", "x" * 4001, "ja 640823-3234"])
def test_after_a_line_that_is_refused_the_question_stands_and_the_next_line_answers_it(
    anna: Chat, room: Room, line: str
) -> None:
    why = "Inget av det sparades"
    anna.types(f"ny {REF}").types(line).sees(why).is_asked("facts").presses("Spara").is_asked("child_heard")
    anna.types(line).sees(why, "Du kan svara: Ja, Nej").types("nej").is_asked("child_not_heard_motivated")
    anna.types(line).sees(why).types("barnet var för litet (påhittat)").is_asked("child_informed_report")
    anna.types(line).sees(why).types("ja ja ja ja").is_asked("communication_boxes_filled")

    moved = [card for message, card in anna.posted.items() if message != anna.at and "Spara" in str(card)]
    assert not moved, "only the newest card can be answered"
    anna.types("ny").types(line).sees(why, "Vilket ärende").types("SN 2026/0999").is_asked("facts")
    posted = len(anna.types(line).posted)
    assert len(anna.types(line, again=anna.last_id).posted) == posted, "sent again, it is answered once"


# --- the tenant's own references -------------------------------------------------------------------------------------


def test_a_reference_that_follows_the_tenants_own_pattern_opens_a_case(anna: Chat, room: Room) -> None:
    ref = "SN 260312-0123"
    anna.types(f"ny {ref}").sees("personnummer")
    pattern = r"SN \d{6}-\d{4}"
    room.desk.run_now(lambda s: tenants.set_setting(tenants.ensure(s, TENANT), "case_ref_pattern", pattern))
    anna.types(f"ny {ref}").sees(ref)
    anna.types(f"ny SO {ref[3:]}").sees("personnummer")


# --- the test itself can fail ----------------------------------------------------------------------------------------


def test_without_the_guard_every_input_accepts_it(anna: Chat, room: Room, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("checklists.free_text.refuse_personal_numbers", lambda text, _: text)
    opens(anna, violence="nej").presses("Nej")
    text = WRITTEN.format(numbers()[0])
    anna.presses("Spara", {"motivation": text})

    assert anna.written("child_not_heard_motivated").motivation == text
