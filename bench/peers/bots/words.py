"""What the peers say, the same for all of them: a form of five questions, and a card with buttons."""

from typing import Any

KINDS = ("Insats", "Placering", "Avslut")
WHICH_KIND = "Which kind of decision is it?"
WHICH_CASE = "Which case is it?"
WAS_HEARD = "Was the child heard?"
WHY_NOT = "Why not?"
SAVE = "Save these answers?"
THANKS = "Thanks."


def saved(case: str) -> str:
    """Return the last line of the form."""
    return f"Saved {case}"


def card(presses: int) -> dict[str, Any]:
    """Return a card with twelve buttons that shows the number of presses."""
    pair = [
        {"type": "Action.Execute", "title": title, "verb": "answer", "data": {"item": "child_heard", "answer": title}}
        for title in ("Ja", "Nej")
    ]
    heading = {"type": "TextBlock", "text": f"Made-up checklist: {presses} answers", "wrap": True}
    return {"type": "AdaptiveCard", "version": "1.5", "body": [heading, *[{"type": "ActionSet", "actions": pair}] * 6]}
