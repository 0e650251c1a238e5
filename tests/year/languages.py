"""People who read the bot in English: what they type, how they read it, and that it tells them the same.

The book is written by hand: asking the product for its translations would prove nothing about them. What is read with
it is then compared with the model like anything told in Swedish.
"""

import random
import re
from collections import Counter
from collections.abc import Iterator, Mapping
from typing import TYPE_CHECKING, Any

from bot.cards.render import render_card
from dialogs.turn.exchange import Reply
from dialogs.turn.tokens import Mint
from tests.chat.card_hand import Card, titles
from tests.year import check
from tests.year.check import Fault
from tests.year.database import Database
from tests.year.done import Done
from tests.year.model import Model
from tests.year.people import Person
from tests.year.stack import SECRET

if TYPE_CHECKING:
    from tests.year.town import Town

ASKS = {
    "en": ("språk en", "språk engelska", "language en", "Language English"),
    "sv": ("språk sv", "språk svenska", "language sv", "Language Swedish"),
}
CONFIRMED = {"en": "in English from now on", "sv": "på svenska till dig"}
TYPED = {
    "ny": "new",
    "fortsätt": "continue",
    "vad saknas": "missing",
    "uppgifter": "details",
    "formulär": "form",
    "ändra": "change",
    "ångra": "undo",
    "tillbaka": "back",
    "paus": "pause",
    "mina ärenden": "my cases",
    "hjälp": "help",
    "vad betyder": "what is",
    "åtgärder": "measures",
    "att läsa": "to read",
    "enhetens ärenden": "unit cases",
    "ersättare": "deputy",
    "rapport": "report",
    "exportera": "export",
    "egenkontroll": "reviews",
    "granska": "review",
    "administrera": "admin",
    "koppla bort": "unlink",
    "koppla": "link",
    "fel nummer": "wrong number",
    "ja": "yes",
    "nej": "no",
    "tack!": "thanks!",
}
"""The first words of a line, and their English."""
WORDS = {
    "Yes": "Ja",
    "No": "Nej",
    "Partly": "Delvis",
    "Ongoing": "Pågår",
    "Not applicable": "Ej tillämpligt",
    "Don't know": "Vet inte",
    "Save": "Spara",
    "In the case file": "Finns i akten",
    "No reason given": "Motivering saknas",
    "Send to manager": "Skicka till chef",
    "Change": "Ändra",
    "Change anyway": "Ändra ändå",
    "Undo": "Ångra",
    "Back": "Tillbaka",
    "Pause": "Pausa",
    "Form": "Formulär",
    "Comment": "Kommentera",
    "Individual conversation": "Eget samtal",
    "Observation": "Observation",
    "Through someone else": "Via annan",
    "Extend": "Förläng",
    "Close": "Avsluta",
    "Wrong case number": "Fel ärendenummer",
    "Linked cases": "Kopplade ärenden",
    "Text for the case file": "Text till akten",
    "Yes, link": "Ja, koppla",
    "No, do not link": "Nej, koppla inte",
    "Withdraw the case": "Dra tillbaka ärendet",
    "Start reading": "Börja läsa",
    "Continue reading": "Fortsätt läsa",
    "Show differences": "Visa skillnader",
    "Sign": "Signera",
    "Sign with shortfall": "Signera med brist",
    "Send back": "Återlämna",
    "Remind me tomorrow": "Påminn i morgon",
    "New round": "Ny omgång",
    "Draw cases": "Dra ärenden",
    "Add": "Lägg till",
    "Start round": "Starta omgång",
    "Close round": "Stäng omgång",
    "Agreement": "Samstämmighet",
    "Open": "Öppna",
    "Continue": "Fortsätt",
    "I have not had the case": "Jag har inte haft ärendet",
    "Calibrate": "Kalibrera",
    "Begin review": "Börja granska",
    "Peer review, children and young people": "Kollegial egenkontroll, barn och unga",
    "Units": "Enheter",
    "Settings": "Inställningar",
    "Rename": "Byt namn",
    "Merge": "Slå ihop",
    "Yes, merge": "Ja, slå ihop",
    "Close the unit": "Stäng enheten",
    "There was not enough time": "Tiden räckte inte",
    "No double readings": "Inga dubbelläsningar",
    "Reminder": "Påminnelse",
    "what is missing from the decision basis": "det som saknas i underlaget",
    "whether the decision has been made": "om beslutet är fattat",
    "a decision basis that has not been read": "underlag som inte är läst",
    "a decision basis that has still not been read": "underlag som fortfarande inte är läst",
    "a decision basis that was sent back": "återlämnat underlag",
    "the time limit of the preliminary assessment": "förhandsbedömningens tidsgräns",
    "the time limit of the investigation": "utredningens tidsgräns",
    "what was ongoing at the decision": "det som pågick vid beslutet",
    "new answers since the signing": "nya svar efter signeringen",
    "follow-up of the intervention": "uppföljning av insatsen",
}
"""Buttons, choices and short lines, and their Swedish."""
SAID = ("text", "title", "label", "value", "placeholder", "errorMessage", "altText")
NUMBER = re.compile(r"\d[\d:/-]*")
DAY = r"(\d{4}-\d\d-\d\d)"
LINES = [
    (re.compile(english), swedish)
    for english, swedish in (
        (r"Same as Child (\d+): (.+)", r"Samma som Barn {0}: {1}"),
        (r"Same reason as Child (\d+)", r"Samma motivering som Barn {0}"),
        (rf"The decision is planned for {DAY}\. This is missing.*", "Beslut är planerat till {0}. Det här saknas"),
        (rf"A decision was planned for {DAY}\. Has it been made\?", "Beslut var planerat till {0}. Är det fattat?"),
        (
            rf"The decision basis was sent to the manager on {DAY} and has not been read yet\.",
            "Underlaget skickades till chef {0} och är inte läst än.",
        ),
        (
            rf"The decision basis was sent to the manager on {DAY} and has still not been read.*",
            "Underlaget skickades till chef {0} och är fortfarande inte läst",
        ),
        (
            rf"The decision basis was sent back on {DAY} and has not been changed since.*",
            "Underlaget återlämnades {0} och har inte ändrats",
        ),
        (rf"The preliminary assessment is due by {DAY}\..*", "Förhandsbedömningen ska vara klar senast {0}."),
        (rf"Violence case: an investigation must .* by {DAY} .*", "Våldsärende: utredning ska inledas senast {0}."),
        (
            rf"Overdue: the preliminary assessment was due by {DAY}\..*",
            "Försenat: förhandsbedömningen skulle ha varit klar {0}.",
        ),
        (rf"Overdue: violence case, .* by {DAY}\..*", "Försenat: våldsärende, inledd senast {0}."),
        (rf"The investigation is due by {DAY}\..*", "Utredningen ska vara klar senast {0}."),
        (rf"Overdue: the investigation was due by {DAY}\..*", "Försenat: utredningen skulle ha varit klar {0}."),
        (rf"The decision was made on {DAY}\. This was ongoing then\..*", "Beslutet fattades {0}. Det här pågick då."),
        (
            rf"The intervention was decided on {DAY}, (\S+) months ago\..*",
            "Det är {1} månader sedan insatsen beslutades, {0}.",
        ),
        (r"These were ongoing when the basis was signed .*", "Det här pågick när underlaget signerades"),
        (r"A report came in on (\S+)\. The question .*", "En anmälan kom in {0}. Frågan"),
        (r"It is time to follow up the intervention in (.*)", "Dags att följa upp insatsen i {0}"),
        (r"(.+) · open cases: (\d+)", "{0} · öppna ärenden: {1}"),
        (r"(.+) · open cases: (\d+) · closes after (\S+)", "{0} · öppna ärenden: {1} · stängs efter {2}"),
        (r"(\d+) of (\d+) alike \((\d+) percent\)", "{0} av {1} lika ({2} procent)"),
    )
]
"""Lines of a card that are read for what they tell, and the Swedish that tells the same."""


class Languages:
    """Who reads what. Everything follows from the seed."""

    def __init__(self, town: "Town") -> None:
        self._town, self._chance = town, random.Random(f"languages of {town.seed}")

    async def begins(self) -> None:
        """Let some choose English as the municipality begins."""
        for person in list(self._town.people.values()):
            await self.may_switch(person, 0.4)

    async def may_switch(self, person: Person, often: float = 0.05) -> None:
        """Let somebody now and then change language, in the middle of whatever she does; nothing else may change."""
        if self._chance.random() >= often:
            return
        town, looks_at = self._town, person.at
        language = self._chance.choice(("en", "en", "sv")) if self._reads(person) == "sv" else "sv"
        await town.traffic.types(person, self._chance.choice(ASKS[language]), f"language {language}")
        for ref in town.model.cases:
            check.case_is_right(town.database, town.model, ref)
        are_right(town.database, town.model)
        person.at = looks_at  # the card above what was said, in the language it was in

    def _reads(self, person: Person) -> str:
        return self._town.model.languages.get(person.name, "sv")

    def typed(self, person: Person, text: str) -> str:
        """Return a line as she types it: mostly in her own language, though both are always understood."""
        if self._reads(person) == "sv" or self._chance.random() < 0.2:
            return text
        for swedish, english in TYPED.items():
            if re.match(rf"{swedish}(?!\w)", text):
                return english + text[len(swedish) :]
        return text

    def hears(self, done: Done | None, body: Any) -> None:
        """Raises: Fault: whoever chose a language is not told so in it."""
        language = done.what.partition("language ")[2] if done is not None else ""
        if done is None or not language or self._town.model.closed_at is not None:
            return
        held = self._town.model.register.held(done.person, self._town.now().date())
        if not held or self._town.model.languages.get(done.person) != language:
            return
        if CONFIRMED[language] not in check.as_text(body):
            raise Fault(f"{done.person} chose {language}, and was told {check.as_text(body)[:200]}")

    def looks(self, person: Person, card: Card, *, now: bool) -> None:
        """Raises: Fault: she is shown a card that is not in her language.

        now: it is told to her now. Otherwise it may have been made before she changed language.
        """
        shown = card.get("lang")
        if shown != self._reads(person) and (now or person.name not in self._town.model.languages):
            raise Fault(f"{person.name} was shown a card in {shown}, she reads {self._reads(person)}")
        if foreign := {*titles(card)} & (SWEDISH if shown == "en" else ENGLISH):
            raise Fault(f"{person.name} was shown a card in {shown} with the buttons {sorted(foreign)}")


SWEDISH = {swedish for english, swedish in WORDS.items() if english != swedish}
ENGLISH = {english for english, swedish in WORDS.items() if english != swedish}


def tells_the_same(reply: Reply, card: Card, *, private: bool) -> None:
    """Raises: Fault: a card in English names other cases, numbers or days, or has other fields, than in Swedish."""
    swedish = render_card(reply.model_copy(update={"language": "sv"}), Mint(SECRET), private=private)
    assert swedish is not None
    found, wanted = Counter(_facts(card)), Counter(_facts(swedish))
    if found != wanted:
        more, less = sorted((found - wanted).elements()), sorted((wanted - found).elements())
        raise Fault(f"a {reply.view.kind} in English has {more}, in Swedish {less}: {check.as_text(card)[:1000]}")


def _facts(part: Any, of: str = "") -> Iterator[str]:
    """Yield the references, numbers and days that a card names, and the fields and buttons that it has."""
    if isinstance(part, Mapping):
        yield from (str(part[name]) for name in ("id", "verb") if name in part)
        for name, value in part.items():
            yield from _facts(value, name) if name != "data" else ()
    elif isinstance(part, list):
        for one in part:
            yield from _facts(one, of)
    elif of in SAID and isinstance(part, str):
        yield from NUMBER.findall(part)


def chosen(model: Model, done: Done) -> None:
    """Apply a line that chooses a language to the model."""
    if done.what.startswith("language "):
        model.languages[done.person] = done.what.split()[1]


def are_right(database: Database, model: Model) -> None:
    """Raises: Fault: somebody's language is stored as another than she chose."""
    rows = database.ask("select name, language from person")
    found = {name.split()[0].lower(): language for name, language in rows}
    check.same("languages", found, {name: model.languages.get(name, "sv") for name in found})


def in_swedish(card: Card | None) -> Card | None:
    """Return a card with its words in Swedish, whichever language it is in."""
    return card if card is None or card.get("lang") != "en" else _read(card)


def _read(part: Any) -> Any:
    if isinstance(part, Mapping):
        return {
            name: _line(value) if name in ("title", "text") and isinstance(value, str) else _read(value)
            for name, value in part.items()
        }
    return [_read(one) for one in part] if isinstance(part, list) else part


def _line(line: str) -> str:
    if line in WORDS:
        return WORDS[line]
    if line.startswith("- SN "):  # of each further case, what she is reminded of
        return "\n".join(_reasons(row) for row in line.split("\n"))
    for english, swedish in LINES:
        if found := english.fullmatch(line):
            return swedish.format(*(WORDS.get(group, group) for group in found.groups()))
    return line


def _reasons(row: str) -> str:
    of, parts, reasons = row.partition(": ")
    return of + parts + ", ".join(WORDS.get(one, one) for one in reasons.split(", "))
