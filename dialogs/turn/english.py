"""The name of each command for somebody who has chosen English: the word the bot shows is one she can type."""

from collections.abc import Mapping

ENGLISH: Mapping[str, str] = {
    "ny": "new",
    "fortsätt": "continue",
    "tillbaka": "back",
    "paus": "pause",
    "ta bort listan": "delete list",
    "formulär": "form",
    "barn": "child",
    "ändra": "change",
    "ångra": "undo",
    "vad betyder": "what is",
    "vad saknas": "missing",
    "mina ärenden": "my cases",
    "uppgifter": "details",
    "fel nummer": "wrong number",
    "koppla": "link",
    "koppla bort": "unlink",
    "att läsa": "to read",
    "enhetens ärenden": "unit cases",
    "registerutdrag": "extract",
    "ersättare": "deputy",
    "hjälp": "help",
    "språk": "language",
    "rapport": "report",
    "exportera": "export",
    "egenkontroll": "reviews",
    "granska": "review",
    "åtgärder": "measures",
    "administrera": "admin",
    "loggkontroll": "log check",
    "radering": "deletion",
}
_LANGUAGES = {"engelska": "en", "svenska": "sv"}


def line_in(language: str, word: str, rest: str) -> str:
    """Return a command and what it is given, as somebody who reads this language would type them."""
    if language != "en":
        return f"{word} {rest}".strip()
    given = _LANGUAGES.get(rest, rest) if word == "språk" else rest
    return f"{ENGLISH.get(word, word)} {given}".strip()
