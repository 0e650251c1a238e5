"""Parsing of typed Swedish and English answers, independent of the question."""

import re
import unicodedata
from collections.abc import Sequence
from dataclasses import dataclass, field

from checklists.plain_text import weight


def words_of(*lines: str) -> frozenset[str]:
    """Return the words of some lines, as a set to look them up in."""
    return frozenset(" ".join(lines).split())


_WORDS = {
    "ja": (
        *("ja", "j", "jo", "japp", "jepp", "jupp", "jajamän", "jajamen", "jajemän", "jajamensan", "jajamänsan"),
        *("jadå", "ja då", "jodå", "jo då", "javisst", "ja visst", "jovisst", "absolut", "ja absolut", "självklart"),
        *("ja självklart", "självfallet", "såklart", "ja såklart", "givetvis", "stämmer", "det stämmer", "korrekt"),
        *("yes", "y", "yep", "yup", "yeah", "sure", "of course", "correct", "ja det stämmer", "det är ett ja"),
        *(
            "det stämmer bra",
            "stämmer bra",
            "precis",
            "exakt",
            "naturligtvis",
            "så klart",
            "jo men visst",
            "jamenvisst",
        ),
        *("ja men visst", "jovars", "jo vars", "jao", "jau", "jå", "jorå", "aa", "that's right", "thats right"),
    ),
    "nej": (
        *("nej", "n", "nä", "nää", "näe", "nepp", "nix", "nejdå", "nej då", "nädå", "nä då", "tyvärr nej"),
        *("nej tyvärr", "absolut inte", "nej absolut inte", "inte alls", "inte än", "nej inte än", "nej inte alls"),
        *("ännu inte", "nej ännu inte", "inte ännu", "nej inte ännu"),
        *("no", "nope", "nah", "not at all", "not yet", "det är ett nej", "näpp", "nopp", "naj", "ej", "icke"),
        *("tyvärr inte", "nej tyvärr inte", "unfortunately not"),
    ),
    "delvis": ("delvis", "till viss del", "till en del", "i viss mån", "partly", "partially", "in part"),
    "pagaende": (
        *("pagar", "pågående", "det pågår", "på gång", "är på gång", "pågår just nu", "pågår fortfarande"),
        *("ongoing", "in progress"),
    ),
    "ej_tillampligt": (
        *("et", "e/t", "ej tillämpligt", "ej tillämplig", "inte tillämpligt", "ej aktuellt", "inte aktuellt"),
        *("ej relevant", "inte relevant", "na", "n/a", "not applicable"),
    ),
    "unknown": (
        *("vet inte", "vet ej", "vi", "jag vet inte", "jag vet ej", "vet inte än", "vet inte riktigt", "ingen aning"),
        *("har ingen aning", "jag har ingen aning", "vet inte säkert", "osäker", "jag är osäker", "är osäker"),
        *("oklart", "minns inte", "jag minns inte", "kommer inte ihåg", "don't know", "dont know", "i don't know"),
        *("i dont know", "no idea", "not sure", "i'm not sure", "im not sure", "dunno", "idk", "vetej", "vet ente"),
        *("jag vet faktiskt inte", "vet faktiskt inte", "ingen aning just nu", "don't know yet", "dont know yet"),
    ),
    "skip": (
        *("hoppa över", "hoppa", "hoppa över frågan", "senare", "ta det senare", "tar det senare", "nästa"),
        *(
            "nästa fråga",
            "skip",
            "skip it",
            "later",
            "next",
            "next question",
            "skippa",
            "pass",
            "ta den sen",
            "tar den sen",
        ),
        *("får kolla", "jag får kolla", "får kolla upp det", "jag får kolla upp det", "måste kolla", "jag måste kolla"),
        *("återkommer", "jag återkommer", "hoppa över den", "hoppa över den här"),
    ),
}
_POLITE = words_of(
    "tack tackar tusen snälla snalla bra toppen super perfekt fint kanon utmärkt okej okey ok oki hej hejsan",
    "hallå hejdå så mycket för hjälpen thanks thank you please great fine nice okay good morgon dag kväll god",
    "trevlig helg vänligen hälsningar mvh cheers bye då så so very much",
)
_POLITE_CORE = words_of(
    "tack tackar snälla snalla thanks thank please hej hejsan hallå hejdå mvh cheers bye toppen super perfekt",
    "fint kanon utmärkt okej okey ok oki bra great fine nice okay hälsningar",
)
_LAST_WORDS = words_of("tack snalla please thanks")
_RESTATING = words_of(
    "det de den har hade är var blev blir gjorde gjordes gjort finns fanns gör görs jag vi hen han hon barnet",
    "barnen föräldrarna inte ej än ännu fortfarande det's it has have was is did not been done we i do does",
    "it's hasn't haven't wasn't isn't didn't doesn't he she they ingen inget en ett någon motivering there no reason",
)
_ONE_YEAR = re.compile(r"\bett ar\b")
"""An age without its mark: `ar` may be `är` or `år`."""
_RESERVES = ("men", "fast", "dock", "förutom", "utom", "but", "though", "although", "except")
_DENIALS = words_of("inte ej ingen inget not no hasn't haven't wasn't isn't didn't doesn't")
_AFFIRMING = words_of("har hade ar var blev gjorde gjordes gjort finns fanns has have was is did been")
_NONE = words_of(
    "nej nä det finns fanns har inte ingen inget motivering motiveringen saknas tyvärr någon there is no none reason",
    "given missing unfortunately",
)
_NONE_CORE = words_of("ingen inget saknas none missing")
_FRAME = re.compile(
    r"(?:(?:mitt )?svar(?:et)?(?: ar| blir)?|det (?:blir|ar)(?: ett)?|blir|jag (?:svarar|skulle saga)"
    r"|(?:the )?answer(?: is)?):? (.+)"
)
_SPOKEN_MARKS = words_of("punkt utropstecken komma period")
"""How a phone writes a punctuation mark that was dictated."""
_ABOUT_FIRST = re.compile(r"(?:(?:fråga|question) )?(?P<number>\d{1,2})[:.,)]? +(?P<said>.+)", re.IGNORECASE)
_ABOUT_LAST = re.compile(
    r"(?P<said>.+?) (?:på|till|on|to) (?:(?:fråga|question|nr|nummer) )?(?P<number>\d{1,2})[.!]?", re.IGNORECASE
)
_GREETED = re.compile(
    r"(?:(?:hej(?:san)?|hall[åa]|tja(?:na)?|god (?:morgon|dag|kv[äa]ll|f[öo]rmiddag|eftermiddag)|hi|hello|tack|thanks"
    r"|good (?:morning|afternoon|evening)|ok(?:ej|ay)?)\b[\s,.!:–-]*)+(?=\w)",
    re.IGNORECASE,
)
"""What people say first, before an answer or a command: `Hej! Nej, barnet sov`, `ok, paus`."""
_ALL = words_of("alla allt samtliga all everything")
_ALL_OF = words_of("på till for to on fyra four frågor frågorna of them")
_BUT = words_of("men but")
_SEVERAL = words_of(
    "alla allt samtliga båda något någon några övriga resten ingenting andra all every everything both any anything"
    " rest"
)
_MOST_ABOUT_SEVERAL = 6
"""The most words in a text that says which of several questions is meant; a longer one tells about something."""
_STOPS = ",;:.!–—(-"
_OPENED_BY = {")": "(", "«": "«»", "»": "«»", "“": "„“”", "”": "„“”", '"': '"'}
"""For a mark that closes, those that may have opened it."""
_BEFORE_STOP = re.compile(
    rf"(?P<word>[^?{re.escape(_STOPS)}]{{1,25}})(?P<stop>\s*[{re.escape(_STOPS)}])\s*(?P<text>.*)", re.DOTALL
)
_NUMBERED = re.compile(
    r"(?:(?:nr|nummer|alternativ|alt|svar|knapp|number|option)\.?\s*|#\s*)?\(?(\d{1,2})\)?[.:)]?", re.ASCII | re.I
)
_CHANGE = re.compile(r"\b(?:ä|a\u0308)ndra\b", re.IGNORECASE)  # folded it would be `andra`: the others
_NO = re.compile(r"\bn(?:ä|a\u0308)\b", re.IGNORECASE)  # folded it would be `na`: not applicable
_MONTH = "(?:jan|feb|mar|apr|maj|may|jun|jul|aug|sep|okt|oct|nov|dec)[a-z]*"
_DAY_WRITTEN = re.compile(
    r"(?:den |i |pa |on |the |last )*(?:\d{1,2}:[ae]|\d{1,4}[-/. ]\d{1,2}(?:[-/. ]\d{1,4})?|\d{6}|\d{8}"
    rf"|\d{{1,2}}(?::?[ae]|st|nd|rd|th)? {_MONTH}\.?(?: \d{{2,4}})?|{_MONTH} \d{{1,2}}(?:,? \d{{4}})?"
    r"|(?:i ?)?(?:gar|forrgar|dag|morse|natt|morgon|overmorgon)|yesterday|today|tomorrow"
    r"|(?:forra |nasta |this |next )?(?:(?:man|tis|ons|tors|fre|lor|son)dag(?:s|en)?"
    r"|(?:mon|tues|wednes|thurs|fri|satur|sun)day|veckan?|manad(?:en)?|week|month)"
    r"|(?:v|vecka|week)\.? ?\d{1,2})"
    r"(?:,? (?:kl\.?|klockan|at) ?\d{1,2}(?:[.:]\d\d)?| \d{1,2}:\d\d)?"
)
_NUMBERS = {"ett": 1, "tva": 2, "tre": 3, "fyra": 4, "fem": 5, "one": 1, "two": 2, "three": 3, "four": 4, "five": 5}
_NUMBER = rf"(?:\d{{1,2}}|{'|'.join(_NUMBERS)})(?![\w%]|[-/.:]\d)"
_CHILDREN_NAMED = re.compile(
    rf"\b(?:barn|child)(?:et)? ?(?:(?:nr|nummer|number|no)\b\.? )?"
    rf"(?P<numbers>{_NUMBER}(?:(?: ?, ?| och | samt | and | ?& ?){_NUMBER})*)"
    rf"(?! ?-?(?:aring|ar\b|man\b|manad|veck|dag|year|month|week|day|{_MONTH}))"
)
"""Children by number, `barn 1 och 2`; not by age, `barn 2 år`, nor a day, `med barn 2 maj`."""
_AHEAD = re.compile(r"morgon|nasta|next|tomorrow")
"""A day to come: `ja imorgon` is no answer to what has been done."""
_SURELY_DAY = re.compile(r"[^\W\d]|/|\d{4}")
"""What tells a day from two numbers of questions, or a time of day: `ja 1 2`, `ja 14.30`."""
_MOST_WORDS = 4
"""The most words in one answer."""
_LEAST = 3
"""The fewest letters and digits in a text after an answer."""


@dataclass(frozen=True, slots=True)
class Said:
    """A parsed line. choice: a Choice, `unknown` or `skip`. text: what was written after it, if any.

    After a `ja` it is a reservation (förbehåll), after a `nej` the motivation. is_cut: a text too short was left out.
    """

    choice: str
    text: str = ""
    is_cut: bool = field(default=False, compare=False)


_BARE = {letter: unicodedata.normalize("NFD", chr(letter))[0] for letter in range(0xC0, 0x180)}
"""The letters of European languages without their marks, so that most lines need not be taken apart sign by sign."""


def folded(text: str) -> str:
    """Return text in the form used for comparison: lower case, å/ä/ö as a/a/o, single spaces, no final `.` or `!`."""
    plain = text.casefold()
    if not plain.isascii():
        plain = plain.translate(_BARE)
    if not plain.isascii():
        plain = "".join(c for c in unicodedata.normalize("NFD", plain) if not unicodedata.combining(c))
    return " ".join(plain.split()).rstrip(".!")


_BY_WORD = {folded(word): choice for choice, words in _WORDS.items() for word in words}
_LONGEST = max(map(len, _BY_WORD))
_OF_LENGTH = {length: [word for word in _BY_WORD if len(word) == length] for length in set(map(len, _BY_WORD))}
_DRAWN_OUT = re.compile(r"([a-z])\1+")
_BY_SHORT = {word: choice for word, choice in _BY_WORD.items() if choice in ("ja", "nej")}
_NONE_WORDS, _NONE_CORES = frozenset(map(folded, _NONE)), frozenset(map(folded, _NONE_CORE))
_ALL_OF_WORDS = frozenset(map(folded, _ALL_OF))
_SEVERAL_WORDS = frozenset(map(folded, _SEVERAL))
_POLITE_WORDS, _POLITE_CORES = frozenset(map(folded, _POLITE)), frozenset(map(folded, _POLITE_CORE))
_NOT_YET_WORDS = frozenset(
    map(folded, ("inte än", "nej inte än", "ännu inte", "nej ännu inte", "inte ännu", "nej inte ännu", "not yet"))
)
_RESTATING_WORDS = frozenset(map(folded, _RESTATING))
_RESERVE_WORDS = frozenset(map(folded, _RESERVES))


_RARE = re.compile(r"[^\x00-\]_a-\x7f\u00c0-\u024f]")
"""What may be an emoji or a mark: not ASCII and the letters of European languages, but of ASCII `^` and `` ` ``."""


def _unless_mark(found: re.Match[str]) -> str:
    return "" if unicodedata.category(found[0]) in ("So", "Sk", "Cf", "Cs") else found[0]


def core(text: str) -> str:
    """Return a folded line without emoji, quotes and marks around its words, and without a final `tack`.

    A question mark stays: a question is not an answer.
    """
    kept = _RARE.sub(_unless_mark, _NO.sub("nej", text.replace("’", "'")))
    words = folded(kept.strip(" \t\n\"'”“»«*_~`")).rstrip(" .!…,;:").strip(" \"'*_~`").split()
    while len(words) > 1 and words[-1].strip(".!,") in _LAST_WORDS | _SPOKEN_MARKS:
        words = [*words[:-2], words[-2].rstrip(" .!…,;:")]
    return " ".join(words)


def _choice(text: str) -> str | None:
    """Return the choice a text stands for by itself: as a known word, drawn out (`jaaa`), or as `svaret är ja`."""
    said = core(text)
    framed = _FRAME.fullmatch(said)
    said = framed[1] if framed else said
    return _BY_WORD.get(said) or _BY_SHORT.get(_DRAWN_OUT.sub(r"\1", said))


def is_not_yet(text: str) -> bool:
    """Return whether a line says `inte än`: a Nej, but where Pågår is an answer too, that may be what is meant."""
    return core(text).replace(",", "") in _NOT_YET_WORDS


def is_polite(text: str) -> bool:
    """Return whether a line is nothing but politeness: `tack`, `ja tack`, `okej bra`."""
    words = [word for word in re.split(r"[^\w'åäö]+", folded(text)) if word]
    polite = {word for word in words if word in _POLITE_CORES}
    return bool(polite) and all(word in _POLITE_WORDS or word in _BY_WORD for word in words)


def is_day_meant(text: str) -> bool:
    """Return whether a text is nothing but a day, in whatever way it is written: `12/5`, `den 12 maj`, `i går`."""
    return _DAY_WRITTEN.fullmatch(folded(text).rstrip(" .,")) is not None


def read_answer(line: str) -> Said | None:
    """Parse a line as one answer: `ja`, `n`, `pågår`, `nej, TEXT`, `ja men TEXT`; None if it is not one.

    A text after it that only repeats the answer (`nej, det har det inte`), is politeness, or says nothing is dropped.
    """
    choice = _choice(line)
    if choice:
        return Said(choice)
    found = _after_stop(line.strip()) or _after_space(line.strip())
    if found is None:
        return None
    choice, text = found
    text = _without_closing(text)
    again = read_answer(_without_but(text))  # `nej, inte alls` is one answer, `ja, nej` and `nej men ja` are none
    if again is not None:
        is_later = {choice, again.choice} <= {"unknown", "skip"}
        return Said(choice) if is_later or again == Said(choice) else None
    if _only_repeats(text):
        is_cut = 0 < weight(text) < _LEAST and not is_polite(text) and not only_restates(text)
        return None if _contradicts(choice, set(folded(text).split())) else Said(choice, is_cut=is_cut)
    return Said(choice, text)


def _contradicts(choice: str, words: set[str]) -> bool:
    """Return whether an answer is repeated as its opposite: `ja, det har hon inte`, `nej, det har hon`."""
    denies = bool(_DENIALS & words)
    return denies if choice == "ja" else choice == "nej" and not denies and bool(_AFFIRMING & words)


def _without_closing(text: str) -> str:
    """Return a text without a closing mark whose opening one stood before the answer: `(nej, han sov)`."""
    opened_by = _OPENED_BY.get(text[-1:])
    is_left = opened_by is not None and not set(opened_by) & set(text[:-1])
    return text[:-1].rstrip() if is_left else text


def without_greeting(line: str) -> str:
    """Return a line without the greeting or thanks it begins with, if anything follows."""
    found = _GREETED.match(line.strip())
    return line.strip()[found.end() :] if found else line


def _without_but(text: str) -> str:
    first, _, rest = text.partition(" ")
    return rest if folded(first) in _BUT else text


def says_none(line: str) -> bool:
    """Return whether a line says that there is no motivation: `det finns ingen`, `saknas tyvärr`."""
    words = [word for word in re.split(r"[^\w']+", core(line)) if word]
    return bool(_NONE_CORES & set(words)) and all(word in _NONE_WORDS for word in words)


def about_number(line: str) -> tuple[int, str] | None:
    """Return (number of the question, the answer as typed) from `fråga 2: nej`, `2 nej, TEXT` or `nej på fråga 2`.

    None if the line has none of these forms.
    """
    for pattern, with_text in ((_ABOUT_FIRST, True), (_ABOUT_LAST, False)):
        found = pattern.fullmatch(line.strip())
        said = read_answer(found["said"]) if found else None
        if found is not None and said is not None and (with_text or not said.text):
            return int(found["number"]), found["said"]
    return None


def read_for_all(line: str) -> str | None:
    """Return the answer that a line gives to all questions, as `ja på alla`, `alla nej` or `all yes`; else None."""
    words = core(line).split()
    answer = [word for word in words if word not in _ALL | _ALL_OF_WORDS]
    if len(answer) != 1 or not _ALL & set(words):
        return None
    return _choice(answer[0])


def is_about_several(text: str, labels: Sequence[str]) -> bool:
    """Return whether a text may say which of several questions is meant, by a label such as `beslutet`, or by `alla`.

    labels: what the questions are called.
    """
    said = _CHANGE.sub(" ", text)
    words = [word for word in re.split(r"[\W\d_]+", folded(said)) if word]
    if any(word.startswith(folded(label)) for word in words for label in labels if label):
        return True
    return len(words) <= _MOST_ABOUT_SEVERAL and bool(_SEVERAL_WORDS & set(words))


def children_named(text: str) -> set[int]:
    """Return the numbers of the children that a text names: `barn 1 och 2`."""
    return {
        _NUMBERS.get(number) or int(number)
        for named in _CHILDREN_NAMED.finditer(folded(text))
        for number in re.findall(_NUMBER, named["numbers"])
    }


def other_child(text: str, child: int, children: int) -> int:
    """Return the number of another child of a case that a text names without naming this one; 0 if it does not."""
    found = children_named(text)
    others = sorted(one for one in found if 1 <= one <= children)
    return others[0] if child and others and child not in found else 0


def read_labelled(line: str, labels: Sequence[str]) -> Sequence[str] | None:
    """Return the answers of a line that names every question with its answer, in the order of the labels; else None.

    labels: what the questions are called. All of them may be numbered instead: `1 ja 2 nej`.
    """
    words = [word for word in re.split(r"[\s,;:.()=]+", core(line)) if word]
    names, said = words[::2], [_choice(word) for word in words[1::2]]
    choices = [choice for choice in said if choice is not None]
    if len(names) != len(labels) or len(choices) != len(labels):
        return None
    for wanted in ([folded(label) for label in labels], [str(number + 1) for number in range(len(labels))]):
        if sorted(names) == sorted(wanted):
            by_name = dict(zip(names, choices, strict=True))
            return [by_name[name] for name in wanted]
    return None


def begins_with_answer(line: str) -> bool:
    """Return whether the first word of a line is an answer, so that the line is not a mistyped command."""
    words = folded(line).split()
    return bool(words) and words[0].strip(_STOPS + "?)") in _BY_WORD


def is_nearly_answer(line: str) -> bool:
    """Return whether a line is an answer but for one slip: a letter missing, added, changed or swapped."""
    said = core(line)
    if len(said) > _LONGEST + 1 or said in _BY_WORD:
        return False
    return any(_is_slip(said, word) for n in (-1, 0, 1) for word in _OF_LENGTH.get(len(said) + n, ()))


def _is_slip(said: str, word: str) -> bool:
    at = next((place for place, (one, other) in enumerate(zip(said, word, strict=False)) if one != other), len(word))
    rest, meant = said[at:], word[at:]
    swapped = rest[:2] == meant[1::-1] and rest[2:] == meant[2:]
    return rest[1:] == meant[1:] or rest[1:] == meant or rest == meant[1:] or (len(meant) > 1 and swapped)


def _after_stop(line: str) -> tuple[str, str] | None:
    """Parse an answer, a mark such as `,` `.` `–` `-` `:` `(`, and a text."""
    found = _BEFORE_STOP.fullmatch(line)
    choice = _choice(found["word"]) if found else None
    text = found["text"].strip(" .…-–—") if found else ""
    if found is None or choice is None or not text:
        return None
    alone, spaced = len(found["word"].strip()) == 1, found["stop"][0].isspace() or line[found.end("stop")].isspace()
    if alone and not spaced and found["stop"].strip() in ".-":  # `n.b.` is no answer
        return None
    return choice, found["text"].strip() if found["text"].strip()[0] not in ".…-–—" else text


def _after_space(line: str) -> tuple[str, str] | None:
    """Parse `nej TEXT`, `ja men TEXT` and `ja 12 maj`; any other text after an answer may mean something else."""
    words = line.split(maxsplit=_MOST_WORDS)
    for count in range(min(len(words) - 1, _MOST_WORDS - 1), 0, -1):
        said = core(" ".join(words[:count]))
        choice = _choice(said)
        text = line.split(maxsplit=count)[count]
        if choice == "nej" and len(said) > 1:
            return choice, text
        if choice == "ja" and only_restates(text) and not _DENIALS & set(folded(text).split()):
            return choice, text
        if choice in (None, "unknown", "skip"):
            continue
        if is_day_meant(text) and _SURELY_DAY.search(text) and not _AHEAD.search(folded(text)):
            return choice, text
        joint = folded(words[count]).strip(",")
        if joint in _RESERVE_WORDS:
            _, _, after = text.partition(" ")
            return choice, after if joint in _BUT else text
    return None


def _only_repeats(text: str) -> bool:
    return weight(text) < _LEAST or is_polite(text) or only_restates(text)


def only_restates(text: str) -> bool:
    """Return whether a text only says an answer over again: `det har hon inte`. `barnet är ett år` says something."""
    if _ONE_YEAR.search(folded(text)):
        return False
    return all(_restates(word) for word in re.split(r"[^\w']+", unicodedata.normalize("NFC", text)) if word)


def _restates(word: str) -> bool:
    plain = folded(word)
    # `här` is not `har`: with its marks a word means itself.
    as_written = word.isascii() or word.casefold() in _RESTATING
    return plain in _POLITE_CORES or (as_written and plain in _RESTATING_WORDS)


def read_answers(line: str) -> Sequence[str] | None:
    """Parse a line as several answers separated by spaces or commas: `ja ja nej pågår`; None if any word is not one."""
    words = core(line).replace(",", " ").replace(";", " ").split()
    found: list[str] = []
    while words:
        count = next((n for n in range(min(_MOST_WORDS, len(words)), 0, -1) if " ".join(words[:n]) in _BY_WORD), 0)
        if not count:
            return None
        found.append(_BY_WORD[" ".join(words[:count])])
        words = words[count:]
    return found or None


def read_number(line: str) -> int | None:
    """Parse a line as a one- or two-digit button number, also `1)` and `nr 1`; None if it is not one."""
    found = _NUMBERED.fullmatch(line.strip())
    return int(found[1]) if found else None
