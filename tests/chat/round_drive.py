"""Sets a round of the unit's own review up by what a manager and her reviewers type and press."""

from collections.abc import Mapping

from tests.chat.harness import NORTH, SOUTH, Chat, Room, move_in
from tests.chat.list_drive import takes_in
from tests.chat.lived import lived_once

REVIEWERS = tuple(
    (name, f"{name.capitalize()} Granskare", NORTH, "peer_reviewer")
    for name in ("ada", "ben", "cia", "dan", "elsa", "fia", "gun", "hans")
)
RUNS = ("mona", "Mona Verksamhetschef", "", "manager")
PERIOD = "Påhittad period"
NAME = "Våren 2026"


def refs(count: int = 10) -> list[str]:
    """Return the references of the decided cases."""
    return [f"SN 2026/{n:04}" for n in range(501, 501 + count)]


@lived_once
def furnish(room: Room, *, cases: int = 10, protected: int = 1, unit: str = NORTH) -> None:
    """Register eight reviewers and a manager, and import decided cases; Ada leads the first, Ben the second."""
    move_in(
        room.desk,
        *REVIEWERS,
        RUNS,
        ("ada", "Ada Granskare", NORTH, "case_worker"),
        ("ben", "Ben Granskare", NORTH, "case_worker"),
    )
    leads = {0: "ada@example.invalid", 1: "ben@example.invalid"}
    for number, ref in enumerate(refs(cases + protected)):
        takes_in(
            room,
            case_ref=ref,
            unit=unit,
            lead_email=leads.get(number, "anna@example.invalid"),
            opened_on="2026-01-10",
            decided_on=f"2026-03-{number % 28 + 1:02}",
            violence="nej",
            intervention_decided="nej",
            protected_identity="ja" if number >= cases else "nej",
        )


def draws(chat: Chat, more: Mapping[str, str] | None = None, *, per_unit: int = 10, twice: int = 20) -> Chat:
    """Make a round of ten cases, a fifth of them read by two."""
    fields = {
        "Namn": NAME,
        "Checklista": "Kollegial egenkontroll, barn och unga",
        "Enheter": NORTH,
        "Ärenden per enhet": str(per_unit),
        "Andel som läses av två, procent": str(twice),
        "Hur ärendena väljs": "Slumpvis",
        **(more or {}),
    }
    return chat.types("egenkontroll").presses("Ny omgång").presses("Dra ärenden", fields)


def adds(chat: Chat, *names: str, **more: str) -> Chat:
    """Add reviewers, with the time they have."""
    units = {name: SOUTH if name == "sven" else NORTH for name in names}
    return chat.presses(
        "Lägg till", {"people": ", ".join(f"{one.capitalize()} Granskare ({units[one]})" for one in names), **more}
    )


def calibrates(chat: Chat) -> Chat:
    """Answer every question of the made-up file."""
    view = chat.view
    assert view is not None
    assert view.kind == "panel"
    return chat.presses("Spara", {field.id: field.options[0].value for field in view.fields})


def drawn_for(chat: Chat) -> list[str]:
    """Return the references drawn for a reviewer, as she is shown them."""
    view = chat.types("granska").view
    assert view is not None
    return [str(row.title.args["ref"]) for row in view.rows] if view.kind == "panel" else []


def reviews(chat: Chat, choice: str = "Ja") -> Chat:
    """Answer a list from its first question to the summary."""
    for _ in range(40):
        kind = chat.kind()
        if kind == "summary":
            return chat
        if kind == "motivation":
            chat.presses("Spara", {"Motivering": "Påhittad motivering till svaret", "Var i akten": "s. 4"})
        else:
            chat.presses(choice if choice in chat.buttons else "Nej")
    raise AssertionError(chat.text)
