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
        "bort ärendet; bort ett ärende; bort mitt ärende; bort det här ärendet; bort ärende; radera; fel ref; delete; "
        "remove the case; remove a case; remove my case; "
        "fel ärendenummer; skrev fel nummer; skrivit fel nummer; fel nummer på ärendet; wrong number; wrong case; "
        "wrong reference",
    ),
    (
        "ångra",
        "fel; det blev fel; tryckte; tryckte fel; skrev fel; menade; misstag; råkade; ta bort svaret; ta bort det;"
        "oops; mistake; wrong; meant; ångrar; ångrade",
    ),
    (
        "tillbaka",
        "gå tillbaka; går jag tillbaka; go back; föregående; förra frågan; förra kortet; backa; previous; "
        "previous question",
    ),
    (
        "paus",
        "avbryt; avbryta; stopp; stoppa; stop; cancel; sluta; för idag; lunch; fika; tomorrow; imorgon; i morgon; "
        "måste gå; måste iväg; have to go",
    ),
    (
        "vad betyder",
        "vad menas; vad menar du; hur menar du; förstår inte; fattar inte; förklara; förklaring; vad innebär; "
        "skriva i motiveringen; ska jag skriva; explain; don't understand; do not understand; do you mean; "
        "what counts; what should i write",
    ),
    (
        "ändra",
        "ändra ett svar; ändra svar; ändra svaret; ändra mitt svar; ändrar jag; rätta; rättar jag; byta svar;"
        "change an answer; change my answer; change the answer; correct an answer; correct my answer",
    ),
    (
        "hjälp",
        "vem ser; vem kan se; vem läser; kan chefen se; kan chefen läsa; sparas; lagras; robot; ai; chatgpt; vem är du;"
        "vad kan du; hur funkar; hur fungerar; hur gör jag; vad ska jag göra; vad gör jag; vet inte vad; how does;"
        "how do i; who sees; who can see; stored; are you; what do i do; sekretess; gdpr;"
        "ser chefen; ser min chef; hemligt; vem är min chef; support; supporten; funkar inte; fungerar inte;"
        "not working; doesn't work; does not work; secret",
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
        "sibling; siblings; when; mer tid; längre tid; hur lång tid; hur länge; hinner; hinner inte; lämna över;"
        "ta över; tar över; anmälan kom; anmälan inkom; kom in; inkom; more time; how long; hand over; take over",
    ),
    (
        "vad saknas",
        "kvar; saknas; fattas; återstår; klar; klara; färdig; färdiga; skicka; skicka in; lämna in; lämna till;"
        "till chefen;"
        "till chef; skickar; skickat; skickad; chefen läst; chefen signerat; mina svar; alla svar; my answers; sent;"
        "hur långt; luckor; left; missing; remaining; done; finished; send; submit; how far; var är vi",
    ),
    ("formulär", "alla frågor; alla frågorna; hur många frågor; all questions; how many questions"),
    (
        "fortsätt",
        "visa ärendet; öppna ärendet; visa kortet; visa frågan; kortet är borta; kortet försvann; inget kort; "
        "inga kort; var var jag; var är jag; where was i; show the card; show the case; card is gone; no card",
    ),
    ("språk", "byta språk; byter jag språk; annat språk; other language; change language; change the language"),
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

_ASKS = (
    *(" hur ", " var ", " vart ", " vem ", " vad ", " kan jag ", " far jag ", " gar det ", " maste jag "),
    *(" how ", " where ", " what ", " who ", " can i ", " may i ", " do i ", " must i "),
)


def is_asking(line: str) -> bool:
    """Return whether a line, of which nothing else is understood, asks for something, so that the help may answer."""
    spaced = f" {folded(line).replace('?', ' ').replace(',', ' ')} "
    return len(spaced.split()) <= _MOST_WORDS and any(phrase in spaced for phrase in _ASKS)


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
