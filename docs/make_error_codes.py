"""Writes docs/fel.md from the catalogue of faults: `.venv/bin/python -m docs.make_error_codes`."""

import re
from pathlib import Path

from texts import sentences

ROOT = Path(__file__).resolve().parent.parent
PAGE = ROOT / "docs" / "fel.md"
HEAD = """\
# Felkoder

För den som läser in filer eller kör `app.py`. Varje fel som en fil eller ett kommando ger är en rad med plats, vad som
hittades, vad man gör åt det, och en kod. Raden är på engelska
([beslut 0006](decisions/0006-words-of-the-command-line.md)); här står samma sak på svenska. Det som står inom
`{…}` fylls i: kolumner, datum, koder, tal, filnamn. Det som någon har skrivit i en fil upprepas aldrig.

Den sista raden om en fil som läses in slutar med att inget sparades: är något fel i filen läses ingenting ur den in.

Koder som börjar på BK-1 är regler som filer har gemensamt med chatten. Kommandot slutar med 1, eller med 2 när
inställningarna eller databasen inte går att starta med. Fel i själva kommandoraden säger `--help` mer om.

Sidan skrivs av `docs/make_error_codes.py`; ändra i `texts/`.
"""
PARTS = (
    ("files", "BK-1", "Regler som också gäller i chatten"),
    ("files", "BK-20", "CSV: filen"),
    ("files", "BK-21", "CSV: varje rad"),
    ("files", "BK-22", "`people import`"),
    ("files", "BK-23", "`cases import`"),
    ("files", "BK-24", "`answers import`"),
    ("files", "BK-25", "Checklistor: filen och dess nycklar"),
    ("files", "BK-26", "Checklistor: värden"),
    ("files", "BK-27", "Checklistor som säger emot sig själva"),
    ("files", "BK-28", "Checklistor som pekar på något som inte finns"),
    ("commandline", "BK-30", "Inställningar, var för sig"),
    ("commandline", "BK-31", "Inställningar som skulle öppna boten eller tappa data"),
    ("commandline", "BK-32", "Databasen"),
    ("commandline", "BK-33", "Nycklar och förseglade texter"),
    ("commandline", "BK-34", "Det som ett kommando får: filer, adresser, dagar, tenanter, slut"),
    ("commandline", "BK-35", "Kommunens egna inställningar"),
    ("commandline", "BK-36", "Loggen är bruten"),
    ("commandline", "BK-37", "Gallring"),
    ("commandline", "BK-38", "Säkerhetskopia och återställning"),
    ("commandline", "BK-39", "Kritik, Teams-paket, export, och det oförutsedda"),
    ("commandline", "BK-40", "`doctor`: databasen, registret och den här maskinen"),
    ("commandline", "BK-41", "`doctor`: det som ligger utanför maskinen"),
    ("commandline", "BK-42", "`doctor`: provmeddelandet"),
    ("commandline", "BK-43", "Det som boten visar vem den är med"),
    ("commandline", "BK-44", "Sidorna och Teams-paketet"),
    ("commandline", "BK-46", "En omgångs dragning"),
    ("commandline", "BK-47", "Tomma värden, fliken, reservserver, och kopior som jämförs"),
    ("commandline", "BK-48", "Utdrag om ett ärende"),
    ("commandline", "BK-49", "Systemförvaltarens kommandon, importmappen, `exposed`"),
    ("files", "BK-54", "Stängda enheter, filer i importmappen"),
    ("files", "BK-55", "Celler som inte är en adress, eller ska vara tomma"),
)


def page() -> str:
    """Return the page as it should stand."""
    swedish, english = sentences("sv"), sentences("en")
    lines = [HEAD]
    for room, begins, title in PARTS:
        codes = sorted(key.partition(".")[2] for key in swedish if key.startswith(f"{room}.{begins}"))
        lines += [f"## {title}", "", "| Kod | På svenska | Raden |", "|---|---|---|"]
        lines += [
            f"| {code} | {_cell(swedish[f'{room}.{code}'])} | {_cell(english[f'{room}.{code}'])} |" for code in codes
        ]
        lines.append("")
    return "\n".join(lines).rstrip() + "\n"


def _cell(sentence: str) -> str:
    """Return a sentence as a cell of a Markdown table: what is filled in stands out, nothing is read as markup."""
    plain = sentence.replace("|", "\\|").replace("<", "&lt;")
    return "".join(
        part if part.startswith("`") else re.sub(r"\{\w+\}", r"`\g<0>`", part) for part in re.split(r"(`[^`]*`)", plain)
    )


if __name__ == "__main__":
    PAGE.write_text(page(), encoding="utf-8")
