"""T19: a personal number in any input is rejected, and never stored, logged or repeated."""

import logging
from collections.abc import Callable

import pytest

from checklists.csv_in import BadCsv
from imports.people import import_people
from tests.chat.drive import opens
from tests.chat.harness import REF, TENANT, Chat, Room
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
    anna.presses("Pausa", {"motivation": text})
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
        assert form not in shown, "it was said back"

    assert before == [room.content_but("event", "inbox", "conversation", "outbox", "draft", "cases")]
    kept = str(room.content()) + caplog.text
    digits = [number[2:8] for number in numbers()[: len(FORMS)]]
    assert not [six for six in digits if six in kept], "something of it was kept"
    assert room.count() == 1, "only the answer before it is stored"


def test_what_is_no_personal_number_is_let_through_in_every_entry(anna: Chat, room: Room) -> None:
    opens(anna, violence="nej").presses("Nej")
    ordinary = "Möte 2026-05-12 kl. 10:42, tfn 019-21 10 00, dnr SN 2026/0123, Af 2021-04567"
    anna.presses("Spara", {"motivation": ordinary})

    assert anna.written("child_not_heard_motivated").motivation == ordinary


@pytest.mark.parametrize("column", ["email", "name", "unit"])
def test_a_register_that_holds_one_is_refused_whole_and_by_line(room: Room, column: str) -> None:
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


# --- the test itself can fail ----------------------------------------------------------------------------------------


def test_with_the_guard_gone_every_entry_lets_it_in(anna: Chat, room: Room, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("checklists.free_text.refuse_personal_numbers", lambda text: text)
    opens(anna, violence="nej").presses("Nej")
    text = WRITTEN.format(numbers()[0])
    anna.presses("Spara", {"motivation": text})

    assert anna.written("child_not_heard_motivated").motivation == text
