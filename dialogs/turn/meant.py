"""What people write when they mean a command but use none of its words: the command is suggested, never run.

The first command in the table that this person may run and that has a phrase in the line is suggested.
"""

from collections.abc import Callable, Iterator

from checklists.replies import folded

_MOST_WORDS = 12
"""The most words in a line that can be a request; a longer one is an account of something."""
_MEANT = (
    (
        "fel nummer",
        "ta bort ärendet; ta bort det här ärendet; radera; radera ärendet; fel ref; delete; delete the case; "
        "fel ärendenummer; skrev fel nummer; skrivit fel nummer; fel nummer på ärendet; wrong number; wrong case; "
        "wrong reference",
    ),
    (
        "ångra",
        "fel; det blev fel; tryckte; tryckte fel; skrev fel; menade; misstag; råkade; ta bort svaret; ta bort det;"
        "oops; mistake; wrong; meant; ångrar; ångrade",
    ),
    ("tillbaka", "föregående; förra frågan; förra kortet; backa; previous; previous question"),
    ("paus", "avbryt; avbryta; stopp; stoppa; stop; cancel; sluta; för idag; lunch; fika; tomorrow; imorgon; i morgon"),
    (
        "hjälp",
        "vem ser; vem kan se; vem läser; kan chefen se; kan chefen läsa; sparas; lagras; robot; ai; chatgpt; vem är du;"
        "vad kan du; hur funkar; hur fungerar; hur gör jag; vad ska jag göra; vad gör jag; vet inte vad; how does;"
        "how do i; who sees; who can see; stored; are you; what do i do; sekretess; gdpr",
    ),
    (
        "ersättare",
        "semester; ledig; sjuk; borta; föräldraledig; tjänstledig; vikarie; ny ersättare; on leave; on holiday; sick",
    ),
    (
        "att läsa",
        "läsa; läs; godkänn; godkänna; signera; underskrift; skriva under; skicka tillbaka; återlämna; skillnader; "
        "har handläggaren; nästa ärende; read; approve; sign; return; differences; next case",
    ),
    ("egenkontroll", "granskning; ny granskning; omgång; omgången; ny omgång; review round; new review"),
    ("granska", "granskning; granska ärende; granskningar; min granskning; my reviews"),
    ("enhetens ärenden", "sena; försenade; försenat; sen; för sent; mina medarbetare; late; overdue"),
    (
        "uppgifter",
        "datum; datumet; dagen; dag; sista dag; sista dagen; frist; fristen; tidsfrist; fyra månader; "
        "deadline; date; planerat; planerad; planerat beslut; beslut; beslutet; beslutat; beslutad; "
        "beslutades; inledd; inlett; inledde; inleddes; öppnades; placerat; placerad; placerade; placerats; "
        "placering; våld; våldsärende; våldsärendet; skyddad; skyddade; skyddat; medhandläggare; handläggare; "
        "handläggaren; förläng; förlänga; förlängning; avsluta; avslutat; avslutad; avslutas; stäng; stänga; "
        "stängt; flytta; flyttat; byta; byt; antal barn; lägg till barn; lägg till ett barn; till barn; ett "
        "barn till; två barn; tre barn; flera barn; syskon; när ska; placed; violence; protected; co-worker; "
        "extend; extension; close; closed; move; moved; decided; decision; opened; add a child; two children; "
        "sibling; siblings; when",
    ),
    (
        "vad saknas",
        "kvar; saknas; fattas; återstår; klar; klara; färdig; färdiga; skicka; skicka in; lämna in; lämna till;"
        "till chefen;"
        "till chef; hur långt; luckor; left; missing; remaining; done; finished; send; submit; how far; var är vi",
    ),
    ("enhetens ärenden", "enheten; enhetens; min enhet; gruppen; teamet; medarbetarna; my unit; the unit; team"),
    ("rapport", "statistik; siffror; siffrorna; andel; nyckeltal; hur går det; figures; statistics; numbers"),
    (
        "mina ärenden",
        "mina; mina fall; mina barn; alla ärenden; vilka ärenden; ärendelista; my; my cases; cases; all cases; "
        "which cases",
    ),
    ("språk engelska", "english; engelska; in english; speak english"),
    ("språk svenska", "svenska; swedish; på svenska"),
)


def meant(line: str, may: Callable[[str], bool]) -> tuple[str, str] | None:
    """Return the command a line may mean, and what it would be given; None if no phrase fits.

    may: whether this person may run a command.
    """
    words = folded(line).replace("?", " ").replace(",", " ").split()
    if len(words) > _MOST_WORDS:
        return None
    spaced = f" {' '.join(words)} "
    for command, phrases in _TABLE:
        word, rest = command
        if may(word) and any(phrase in spaced for phrase in phrases):
            return word, rest
    return None


def _rows() -> Iterator[tuple[tuple[str, str], frozenset[str]]]:
    for command, phrases in _MEANT:
        word, _, rest = command.partition(" ") if command.startswith("språk") else (command, "", "")
        yield (word, rest), frozenset(f" {folded(phrase.strip())} " for phrase in phrases.split(";"))


_TABLE = tuple(_rows())
