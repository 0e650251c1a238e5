"""What a text is worth: too little said is no motivation, whatever it is written with."""

import pytest

from checklists.cells import Cells, read_cells
from checklists.errors import CommentMissing, NothingToSay, TextTooLong
from checklists.free_text import MOST_TEXT, checked, motivation, required, says_something
from checklists.loader import newest
from checklists.plain_text import plain

NOTHING_SAID = (
    ".",
    "…",
    "–",
    "ok",
    "👍",
    "👩‍👩‍👧‍👦❤️",
    "1️⃣",
    "&nbsp;",
    "&amp;nbsp;",
    "&nbsp;&#8203;&zwj;",
    "\u200b\u200d\ufeff",
    "\u2060\u00ad\u3164\u2800\u115f",
    "<br>",
    "<p>&nbsp;</p>",
    "<div><br/></div>",
    '<img src="påhittad.png" alt="">',
    "** __ ** ``` > #",
    "\u0301\u0336",
    "1\ufe0f\u20e32\ufe0f\u20e33\ufe0f\u20e3",
    "1\u20e32\u20e33\u20e34\u20e3",
)
ITEM = newest("decision_basis").by_id["child_informed_report"]


@pytest.mark.parametrize("text", NOTHING_SAID, ids=ascii)
def test_a_text_that_says_nothing_is_no_motivation_and_no_reason(text: str) -> None:
    assert not says_something(text)
    with pytest.raises(NothingToSay):
        motivation("text", text, "", "either")
    with pytest.raises(CommentMissing):
        required(text)
    assert motivation("reference", text, "s. 12", "either").motivation == ""
    assert not read_cells(ITEM, Cells("nej", motivation=text)).motivation_kind


@pytest.mark.parametrize("text", ["👍", "…", "ok"])
def test_what_she_says_she_meant_is_a_text_if_it_can_be_seen(text: str) -> None:
    assert motivation("text", text, "", "either", confirmed=True).motivation == text
    for unseen in ("\u200b\u200d\ufeff", "\u2060\u00ad\u3164\u2800\u115f", "&nbsp;"):
        with pytest.raises(NothingToSay):
            motivation("text", unseen, "", "either", confirmed=True)


@pytest.mark.parametrize("text", ["för", "3 år", "<b>Nej, för ung</b>", "a\u0308lg", "за мал"])
def test_three_letters_or_digits_say_something(text: str) -> None:
    assert motivation("text", text, "", "either").motivation == text
    assert read_cells(ITEM, Cells("nej", motivation=text)).motivation == text


def test_a_place_may_be_shorter_but_not_invisible() -> None:
    assert motivation("reference", "", "§4", "either").place == "§4"
    assert checked("\u200b. ") == ""


def test_length_is_looked_at_first() -> None:
    with pytest.raises(TextTooLong):
        checked("640823-3234 " * MOST_TEXT)


def test_lines_of_every_kind_are_lines() -> None:
    assert plain("a\u2028b\u2029c") == "a\nb\nc"
