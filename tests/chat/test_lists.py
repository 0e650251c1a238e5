"""Every list but the decision basis, by each role that answers it: typed, pressed, by form, in both languages."""

import pytest

from checklists.model import ListId, Role
from tests.chat.harness import Room
from tests.chat.list_drive import (
    ADULT,
    CHILD,
    begins,
    forms_through,
    furnish,
    presses_through,
    rows_of,
    speaks,
    starts,
    types_through,
)
from texts import LANGUAGES, Language

WHO: tuple[tuple[ListId, str, Role, str], ...] = (
    ("intake", "anna", "case_worker", CHILD),
    ("intake", "cecilia", "unit_manager", CHILD),
    ("rvt_case_round", "hugo", "unit_manager", ADULT),
    ("rvt_self_check", "hugo", "unit_manager", ADULT),
    ("rvt_self_check", "greta", "peer_reviewer", ADULT),
    ("peer_review_bou", "greta", "peer_reviewer", CHILD),
    ("sample_audit", "vera", "auditor", CHILD),
)


@pytest.mark.parametrize("language", LANGUAGES)
@pytest.mark.parametrize("how", ["press", "type", "form"])
@pytest.mark.parametrize(("checklist", "name", "role", "ref"), WHO)
def test_the_list_is_filled_in_to_the_end(
    room: Room, checklist: ListId, name: str, role: Role, ref: str, how: str, language: Language
) -> None:
    furnish(room)
    chat = speaks(room.chat(name), language)
    if how == "form":
        chat.types(f"ny {checklist} {ref}")
        if chat.kind() == "facts":
            starts(chat, title="buttons.form")
        else:
            chat.types(f"formulär {checklist} {ref}")
        forms_through(chat)
    else:
        begins(chat, checklist, ref, how)
        (presses_through if how == "press" else types_through)(chat)

    assert chat.kind() == "summary"
    chat.sees({"sv": "Inget saknas.", "en": "Nothing is missing."}[language])
    assert rows_of(room, checklist, role, ref)
