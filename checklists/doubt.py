"""Which typed lines the bot asks about before storing them as a motivation, as they may not be meant as one."""

import re
from collections.abc import Collection, Mapping
from difflib import SequenceMatcher
from typing import Literal

from checklists.free_text import MOST_WHERE, says_something
from checklists.replies import (
    about_number,
    begins_with_answer,
    core,
    folded,
    is_day_meant,
    is_nearly_answer,
    is_polite,
    only_restates,
    read_answer,
    read_answers,
    words_of,
)

Names = Mapping[int, Collection[str]]
"""The folded words that mean something to the bot, by how many words each consists of."""
Doubt = Literal["too_short", "politeness", "question", "request"]
"""too_short: fewer than three letters or digits. request: it reads like something asked of the bot, or answered."""

_PLACE = re.compile(
    r"\b(akt(en)?|\w*(journal|anteckning|dokument|bilag|blankett|protokoll)\w*|flik(en)?|sid(a|an|or)?|mapp(en)?|avsnitt(et)?"
    r"|(case )?(file|record|note|document|page|annex|attachment|folder|minutes)s?)\b"
)
"""A word that names a place in a case file."""
_AFTER_FILE = re.compile(r"[,:;(–—]")
_WHOLE_FILE = words_of("akt akten file")
"""What every place is in; of the journal, or a system, the place keeps the name."""
_ALIKE = 0.8
"""How like a command's word a mistyped one must be, from 0 to 1."""
_MOST_ASKED = 5
"""The most words in a line that is an order because it begins like one: a longer line tells about something."""
_MOST_ADDRESSED = 10
_MOST_CURSED = 3
_ASKING = words_of("hur vad varfor vem vems vilken vilket vilka how what why who which where")
_WITH_ME = words_of("du jag dig mig ni man vi you i me one we")
_ASKED = words_of(
    "ar ska skall kan maste far gor betyder menas menar innebar hander raknas kravs galler laser ser fungerar funkar",
    "lang langt manga mycket lange ofta heter vill behover har blir is are does do should can happens counts long many",
    "much fraga fragan fragor question barn child",
)
"""What follows `hur` and `vad` in a question; in a statement, its subject follows: `vad barnet säger framgår`."""
_CAN = re.compile(
    r"(?:kan|kunde|skulle|ska|skall|maste|far|behover|vill|gar|ar|var|nar|har|can|could|should|must|may|is|are|do|does)"
    r" (?:du|jag|man|ni|vi|det har|det|you|i|one|it|this|we)\b"
)
_IS_IT = re.compile(
    r"(?:maste|ska|skall|kan|kunde|far|behover|behovs|racker|gar|galler|galler inte|sparas|syns|visas|lases|skickas"
    r"|lagras|raknas|funkar|fungerar|must|should|can|does|do|is) "
    r"(?:det|den|detta|it|this|that)\b"
)
"""The verb before its subject: a question in Swedish; a statement has them the other way round."""
_MOST_OF_IT = 6
_IS = words_of("ar var blir blev finns is was")
_ORDERS = words_of(
    "visa oppna skicka ta radera stang ga hoppa avbryt angra backa byt andra spara valj sluta borja starta",
    "stoppa rensa aterga hjalp lagg fyll registrera satt skapa sok hitta skriv tillbaka fortsatt show open",
    "ge paminn ring forklara beratta give remind call explain tell",
    "send delete remove close go cancel undo save choose stop start clear create find search help",
)
_ORDERS_WITH_OBJECT = words_of("hjalp fortsatt tillbaka skriv lagg satt fyll borja sluta ta")
_ORDERED = words_of(
    "mig det den detta har fragan fragor svar svaret svaren arende arendet arenden bort fram tillbaka igen om",
    "till nu nasta forra kortet listan sista allt me it this that question questions answer case next back",
    "again",
)
_SAID_TO_IT = (
    *("vanta", "vanta lite", "stopp", "stop", "wait", "fel", "fel arende", "fel fraga", "fel svar", "fel barn"),
    *("fel knapp", "wrong answer", "wrong question"),
    *("det blev fel", "blev fel", "nu blev det fel", "jag skrev fel", "skrev fel", "jag tryckte fel", "tryckte fel"),
    *("oj", "oj fel", "ojda", "hoppsan", "oops", "wrong", "wrong case", "my mistake", "sorry", "forlat", "ursakta"),
    *("jag forstar inte", "forstar inte", "forstar ej", "fattar inte", "jag fattar inte", "hanger inte med"),
    *("i don't understand", "i dont understand", "don't understand", "test", "testar", "bara testar", "testing"),
    *("nej vanta", "ja vanta", "det ar lugnt", "ar lugnt", "lugnt", "ingen fara", "inga problem", "no problem"),
    *("ar du dar", "hallo", "halla", "hello", "aterkommer", "jag aterkommer", "strax"),
    *("kommer strax", "ett ogonblick", "meny", "menu", "start", "avsluta", "klar", "jag ar klar", "klart", "fardig"),
    *(
        "god natt",
        "for idag",
        "for i dag",
        "for nu",
        "klart for idag",
        "klar for idag",
        "slut for idag",
        "vi hors",
        "ha det bra",
    ),
    *("vidare", "ga vidare", "forstar", "jag forstar", "ok jag forstar", "okej jag forstar", "i see", "got it", "brb"),
    *("inte", "sekund", "en sekund", "lunch", "fika", "mote", "rast", "afk", "tbd", "todo", "to do", "att gora", "tba"),
    *("asdf", "asdfasdf", "qwerty", "lorem ipsum", "bara ett test", "testar lite", "ett test", "just testing"),
    *("ja egentligen", "egentligen ja", "egentligen nej", "nej egentligen", "finns ej", "finns inte", "saknas ej"),
    *("chefen ska lasa", "chefen far lasa", "fraga chefen", "se ovanstaende", "enligt ovan", "likadant", "dito"),
    *("done", "finished", "nasta", "nasta fraga", "samma", "samma som ovan", "samma som forut", "se ovan", "same"),
    *("motivering", "motiveringen", "ovan", "reason", "the reason", "above"),
    *("tyvarr", "verkligen inte", "det stammer inte", "det ar klart", "ja forresten", "forresten"),
    *("logga ut", "logga in", "knappen funkar inte", "det funkar inte", "funkar inte", "fungerar inte"),
    *("det fungerar inte", "it does not work", "doesn't work"),
)
_SAID = frozenset(_SAID_TO_IT)
_NOISES = words_of("hm hmm hmmm oh ah eh haha hahaha hehe lol suck jaha jasa va vada hursa aha mm mhm tja asch usch")
_CURSES = words_of("skit fan jakla javla javlar helvete sablar attans satan damn shit ffs wtf")
_LEADS = words_of("men och alltsa fast jo sa eh but and so well")
"""Words before a question or an order that do not change what it is."""
_MISTAKE = re.compile(
    r"\b(?:(?:tryckte|skrev|valde|klickade) fel|fel (?:arende|fraga|svar|knapp|barn|kort)|andra mig|jag menade|i meant"
    r"|(?:ska|skall|skulle) (?:det )?(?:vara|sta) (?:ja|nej|barn|fraga)|wrong (?:case|question|answer|button|child))\b"
)
_CORRECTED = re.compile(
    r"(?:(?:nej|no|ja|yes|men|but)\W+)*"
    r"(?:(?:forlat|ursakta|sorry|oj|ojda|oops|hoppsan|fel|vanta|wait|eller|snarare|rattare sagt|rather"
    r"|(?:jag )?(?:menar|menade)|i mean(?:t)?|(?:(?:det|nu) )?blev (?:det )?fel"
    r"|(?:det )?(?:ska|skall|skulle) (?:det )?(?:vara|sta|bli)|(?:it )?should be)\W+)+"
    r"(?:ja|jo|nej|yes|no|delvis|pagar|et)\b.*"
)
"""An answer put right in the same breath: `nej förlåt ja`, `jag menar nej`."""
_NOT_YET = re.compile(
    r"(?:(?:jag|vi|i|we|ska|maste|far|vanta|will|have to|just|bara|lite) )*"
    r"(?:(?:dubbel)?kollar?|aterkommer|aterkomma|tittar?|letar?|undersoka|checking|check|looking|get back)"
    r"(?: (?:upp|upp det|det|pa det|med .{1,20}|i akten|i journalen|sen|senare|strax|snart|idag|imorgon|i morgon"
    r"|nasta vecka|later|tomorrow|it|the file))?"
    r"|(?:(?:det|den|motivering(?:en)?|text|it) )?"
    r"(?:fylls? (?:i|pa)|fyller (?:i|pa)|kompletter\w+|kommer|tas|tar|gors|gor|skrivs|skriver|laggs till|will follow"
    r"|comes)"
    r"(?: det| den| it)?"
    r" (?:senare|sen|imorgon|i morgon|strax|snart|idag|nasta vecka|later|tomorrow)|kommer|x{2,}"
    r"|(?:(?:det|den|it) )?(?:ska|skall|maste|kommer att|behover|will|must)(?: (?:bli|be))? "
    r"(?:skrivas|skrivet|dokumenteras|antecknas|kompletteras|fyllas i|laggas till|written|added|documented)"
    r"(?: [\w/-]+){0,3}"
    r"|(?:i'll|we'll|i will|we will) (?:check|add|write|fill|complete|do|ask|look)(?: [\w/-]+){0,4}"
    r"|(?:jag |i )?(?:ska|maste|far|will|must|have to)(?: (?:bara|just|first|forst))? "
    r"(?:fraga|hora med|prata med|kolla med|ringa|mejla|ask|call|mail) \w+(?: \w+)?"
)
"""A promise to do it here some other time is not a reason."""
_SAME = re.compile(
    r"(?:samma|kopiera|se|likadant|lika|the same|same|copy|see)"
    r"(?: (?:som|fran|for|as|from|svar|svaret|text|motivering|motiveringen|answer|reason))* "
    r"(?:ovan\w*|barn(?:et)? ?\d?|child ?\d?|syskon\w*|sibling\w*|forra|forut|tidigare|above|before"
    r"|(?:pa |i |to |in )?(?:fraga|fragan|nr|nummer|question) ?\d{0,2}"
    r"|(?:i |in )?[^\W\d]{1,6}[ -]?\d{2,4} ?[/:-] ?\d{1,6})"
)
"""References to a text elsewhere in the bot, which would have to be looked up."""
_IN_FILE = re.compile(
    r"(?:(?:den|det|motivering(?:en)?|beslutet|it|it's|its|that's|the reason) )?"
    r"(?:(?:star|finns|ligger|framgar|se|ar|is|see|har|have)(?: redan| already)? )?"
    r"(?:(?:jag|vi|i|we) (?:har |have )?(?:redan |already )?)?"
    r"(?:(?:dokumenter|motiver|anteckn|noter|redovis)at |(?:dokumenter|motiver|anteckn|noter|redovis)ad "
    r"|(?:skriv|beskriv|angiv)[ei][nt] |(?:journalfort|journalford|angett|lagt|documented|written|noted|recorded) )?"
    r"(?:(?:det|den|in|it|redan|already) )*"
    r"(?:i |av |in |enligt )?(?:the |barnets )?"
    r"(?:akt|akten|journal|journalen|dokumentationen|underlaget|utredningen|beslutet|beslutsunderlaget|file"
    r"|case file|procapita|lifecare|treserva|(?:verksamhets|arende|journal)?systemet)(?: redan| already)?"
)
_ABSENT = words_of(
    "det den detta jag vi man har hade ar var blev finns fanns star stod ligger framgar hittar hittade hittat hitta",
    "ser kan i av nagon nagot nagonstans skal an annu redan tyvarr heller alls dar om varfor it there is was has have",
    "been in the any given find found see case yet we reason reasons",
)
_ABSENT_CORE = words_of(
    "motivering motiveringen motiverat motiverad dokumenterat dokumenterad dokumenterats antecknat antecknad noterat",
    "noterad skrivet skriven skrivit skrivits beskrivet beskriven redovisat redovisad angivet angiven angett",
    "journalfort journalford akt akten journal journalen utredningen underlaget beslutsunderlaget dokumentationen",
    "systemet procapita lifecare treserva framgar hittar hittade stated written documented noted recorded file",
)
_ABSENT_DENIED = words_of(
    "inte ej icke inget ingen inga ingenting aldrig saknas not no none never missing cannot can't"
)
"""What `ej dokumenterat` and `finns inte i akten` are made of: there is no motivation, which is not one itself."""
_OF_THIS_TEXT = re.compile(
    # that it was said before: `det har jag redan skrivit`
    r"(?=.*\b(?:jag|i)\b|har|have|redan|already)(?=.*\b(?:redan|ju|already)\b).*"
    r"\b(?:svarat|skrivit|sagt|angett|motiverat|fyllt i|answered|written|said)\b.*"
    # an instruction to somebody to write it
    r"|(?:skriv|anteckna|notera|write|note)(?: (?:in|ner|upp|down))? (?:att|that)\b.*"
    # that none is called for
    r"|(?:det |den |motivering(?:en)? |it )?(?:behovs|behover|kravs|is needed|needed)(?: (?:val|ju|jag|man|det|den))* "
    r"(?:inte|ej|knappast|not)\b.*"
    r"|(?:it |it's |that's )?(?:is )?not (?:needed|necessary|required)"
    # that there is one
    r"|(?:(?:den|det|motivering(?:en)?|it|there) )?(?:finns|exists|is)(?: (?:redan|ju|val|en|already|one))*"
    # that there is nothing more to say
    r"|(?:(?:nej|no),? )?(?:ingen|inget|inga|ingenting|nothing|none|no)(?: (?:mer|mera|annat|kommentar\w*|more|else"
    r"|comments?))*|det var allt|that's all|thats all|sen|senare|later"
)
"""Lines about the text that is asked for, which are not that text."""
_OF_THE_TOOL = re.compile(
    r"(?:knapp(?:en|arna)|kort(?:et|en)|app(?:en)?|bot(?:ten|en)|robot(?:en)?|sidan|teams|formular(?:et)?|lank(?:en)?"
    r"|(?:the )?(?:button|card|app|bot|page|form|link))s? "
    r"(?:fungerar|funkar|svarar|syns|hanger|laddar|gar|ar|does|do|is|hangs)\b.*"
    r"|(?:prata|tala|chatta|fa prata|talk|speak|chat) (?:med|till|to|with) (?:en |nagon |a )?"
    r"(?:manniska|riktig\w*.*|nagon|person|support\w*|admin\w*|systemforvaltar\w*|human|someone|somebody|er|dig|you)"
)
"""Lines about the buttons and cards, and about who answers here."""
_OF_THE_CASE = re.compile(
    r"(?:(?:ska|skall|maste|far) )?(?:det )?(?:planerat )?"
    r"(?:beslut(?:et|sdatum|sdatumet|sdag)?|antal barn|antalet barn|datum(?:et)?|enhet(?:en)?"
    r"|the (?:decision|date|unit))"
    r" (?:(?:ar|blir|ska|skall|vara|bli|den|till|tas|satt|fattas|planeras|is|on|by|will|be|sanolikt|nog) )*"
    r"(?:\d.*|(?:idag|imorgon|i morgon|nasta|pa|today|tomorrow|next)\b.*)"
    r"|.{0,30}\b(?:tar|tog|take|takes|took) over(?: (?:det har|detta|this|the))? (?:arendet|case)\b.*"
    r"|(?:vi har |jag har |we have )?(?:arendet|case)? ?(?:ar|blir|blev|is|has been)? ?"
    r"(?:avslutat|avslutad|stangt|nedlagt|avskrivet|closed)(?: (?:arendet|the case|nu|now|igar|i gar))*"
    r"|lagg (?:till |in )?.{1,30} som (?:med)?handlaggare"
    r"|jag (?:gar|ar|slutar|kommer)(?: ju| nu)? (?:pa semester|hem|sjuk|ledig|borta|foraldraledig|pa lunch"
    r"|tillbaka)\b.*"
)
"""What belongs on another card: the days, the number of children, who has the case, and when she is away."""
_OTHER_ANSWER = re.compile(
    r"(?:barnet|hon|han|hen|barnen|de) (?:ar|har|blev|fick) (?:visst|ju visst|faktiskt visst)\b.*"
    r"|(?:visst|jo) (?:ar|har|blev|fick) (?:barnet|hon|han|hen|barnen|de)\b.*"
)
"""Lines saying that the previous answer was wrong."""
_ALL_BUT = re.compile(
    r"(?:(?:pa|for|till|om|on|for|to|about) )?(?:allt|alla|samtliga|resten|all|everything)"
    r"(?: \w+)? (?:utom|forutom|except|but)\b.*"
)
_OTHER_CASE = re.compile(
    r"(?:inte|ej|not) (?:det har|detta|ratt|this|the right)? ?(?:arendet?|barnet?|fragan?|case|child)"
)
_SENT_ALONG = re.compile(
    r"\W*(?:(?:se|enligt|i|jag|har|skickar|laddar upp|see|as|in|i) )*(?:the |den |det |en |ett )?"
    r"(?:bifogar\b.*|bifogad\w*.*|bifogat.*|bilag\w*.*|bild(?:en|er|erna)?|foto(?:t|n)?|skarmdump\w*|fil(?:en|er|erna)?"
    r"|dokument(?:et|en)?|image|picture|photo|screenshot|attach\w+.*|file)(?: \d{1,2}| har| here)?\W*"
    r"|\W*(?:(?:se|see) )?[\w .-]{1,60}\.(?:pdf|docx?|png|jpe?g|heic|gif|xlsx?|txt|msg|eml)\W*"
)
"""A file or a picture, which the bot does not store."""
_OF_SOMETHING_ELSE = (_SENT_ALONG, _OF_THIS_TEXT, _OF_THE_TOOL, _OF_THE_CASE, _OTHER_ANSWER, _ALL_BUT)
_KNOWS_NOT = re.compile(
    r"(?:jag|vi|i|we) (?:vet|minns|kommer|do|don't|dont)(?: ihag)? ?(?:inte|ej|not|know)\b"
    r"|(?:vet|minns|forstar|fattar) (?:inte|ej) (?:riktigt )?(?:vad|hur|om|vilken|vilket|var|varfor) "
    r"(?:jag|man|du|som|det|vi)\b"
    r"|(?:jag )?(?:vet|minns) (?:inte|ej) (?:riktigt )?(?:vad|hur|varfor)$|(?:i )?(?:don't|dont) know (?:why|how|what)$"
)
_LOST = re.compile(r"\b(?:forstod|forstar|fattar|fattade|hajar) (?:jag )?(?:inte|ej)\b")
_WANTS = re.compile(r"(?:jag|i) (?:vill|skulle vilja|behover|want|need)\b")
_MOST_SAID_OF_IT = 8
"""The most words in a line about what its writer did or wants in the bot; a longer one is about somebody else."""
_REF_ALONE = re.compile(r"[a-zåäö]{1,6}[ -]?\d{2,4}\s?[/:-]\s?\d{1,6}", re.IGNORECASE)
_WHERE_ALONE = re.compile(
    r"(?:(?:pa|till|for|on|to|aven|ocksa)\s+)*"
    r"(?:(?:fraga|fragor|fragan|fragorna|questions?|nr|nummer|barn|barnen|child|alla|allt|all|den|de|det|resten|\d{1,2}"
    r"|ettan|tvaan|trean|fyran|femman|sexan|sjuan|attan|nian|tian|forsta|andra|tredje|fjarde|sista|first|second|last"
    r"|rest)"
    r"[\s,.&–-]*(?:(?:och|and|samt|till|to|aven|ocksa)\s+)*)+"
)
"""Which questions or children an answer is for: `på 2 och 3`, `alla`."""
_CONCERNING = re.compile(
    r"(?:gallande|angaende|avseende|betraffande|vad galler|regarding|concerning|about)(?: \w+){1,2}"
)
"""What an answer is about, said after it: `nej gällande utredningen`."""
_GIVEN = re.compile(
    r"(?:(?:till|ar|to|is|=|:)\s*)?"
    r"(?:(?:[^\W\d]{1,5}\s+)?\S*\d\S*(?:\s+(?:barn|child)\s+\d{1,2})?|ja|nej|yes|no|vet inte)",
    re.IGNORECASE,
)


def doubt(line: str, names: Names) -> Doubt | None:
    """Return why a typed line may not be meant as a motivation; None if it is taken as one.

    names: commands, titles of buttons, labels of fields.
    """
    if not says_something(line):
        return "too_short"
    words = _without_lead(core(line).strip())
    if is_polite(line) or words in _NOISES or _is_cursing(words):
        return "politeness"
    if _is_question(line, words):
        return "question"
    # `5: ja` is an answer to another question, `nje` one to this, and `det har hon inte` the one before over again.
    is_answer = about_number(line) is not None or is_nearly_answer(line) or only_restates(line)
    return "request" if is_answer or _is_request(words, names) else None


def _is_question(line: str, words: str) -> bool:
    if line.rstrip(" \t\n\"”'»)*_!.").endswith("?") or words.endswith("?"):
        return True
    parts = words.split()
    if not parts or "\n" in line.strip():
        return False
    if len(parts) <= _MOST_ASKED and parts[0] in _IS and parts[1:2] in (["det"], ["it"], ["this"]):
        return True
    asks = parts[0] in _ASKING and len(parts) <= _MOST_ADDRESSED
    return (
        bool(asks and (len(parts) <= 4 or parts[1] in _ASKED or _WITH_ME & set(parts[:4])))
        or (len(parts) <= _MOST_OF_IT and _IS_IT.match(words) is not None)
        or (len(parts) <= _MOST_ADDRESSED and _CAN.match(words) is not None and bool(_WITH_ME & set(parts[:3])))
    )


def _is_request(words: str, names: Names) -> bool:
    parts = _without_politeness(words.split())
    words = " ".join(parts)
    if words in _SAID or _REF_ALONE.fullmatch(words) or is_day_meant(words):
        return True
    if _WHERE_ALONE.fullmatch(words) and any(map(str.isalpha, words)):
        return True
    if any(form.fullmatch(words) for form in (_CORRECTED, _NOT_YET, _SAME, _OTHER_CASE, _CONCERNING)):
        return True
    if len(parts) <= _MOST_SAID_OF_IT and any(form.fullmatch(words) for form in _OF_SOMETHING_ELSE):
        return True
    if begins_with_answer(words) and _WHERE_ALONE.fullmatch(" ".join(parts[1:])):
        return True
    if len(parts) <= _MOST_ADDRESSED and _KNOWS_NOT.match(words):
        return True
    if read_answers(words) is not None:
        return True
    if {"du", "you"} & set(parts[:3]) and len(parts) <= _MOST_ADDRESSED:
        return True
    said = read_answer(words)
    if said is not None and not said.text:
        return True
    if len(parts) <= _MOST_SAID_OF_IT and any(p.search(words) for p in (_MISTAKE, _LOST)):
        return True
    if len(parts) <= _MOST_SAID_OF_IT and _WANTS.match(words):
        return True
    if parts[0] in _ORDERS and len(parts) <= _MOST_ASKED:
        rest = set(parts[1:])
        has_object = not rest or bool(rest & (_ORDERED | _ASKING)) or any(part[0].isdigit() for part in parts[1:])
        return has_object or (parts[0] not in _ORDERS_WITH_OBJECT and len(parts) <= 3)
    return _begins_like_any(parts, names)


def is_absence(line: str) -> bool:
    """Return whether a line only says that there is no motivation, or that it is nowhere to be found.

    After a Ja the same words are a reservation: `ja, men det är inte dokumenterat`.
    """
    words = {word.strip(".,:;!()") for word in _without_lead(core(line).strip()).split()}
    rest = words - _ABSENT - _ABSENT_CORE - _ABSENT_DENIED
    return not rest and bool(words & _ABSENT_CORE) and bool(words & _ABSENT_DENIED)


def _without_lead(words: str) -> str:
    """Return a line without a word like `men` it begins with."""
    first, _, rest = words.partition(" ")
    return rest if first in _LEADS and rest else words


def _is_cursing(words: str) -> bool:
    """Return whether a line is a curse: `men vad fan`, `skit också`."""
    parts = words.split()
    return len(parts) <= _MOST_CURSED and bool(_CURSES & set(parts))


def _without_politeness(parts: list[str]) -> list[str]:
    """Return the words of a line without the politeness it begins with: `snälla hjälp`."""
    while len(parts) > 1 and is_polite(parts[0]):
        parts = parts[1:]
    return parts


def _begins_like_any(parts: list[str], names: Names) -> bool:
    """Return whether a line begins with one of the names, perhaps mistyped, and goes on as a command would: not at all,
    or by a number, a reference, a day or an answer."""
    for count, of_this_length in names.items():
        begun, rest = " ".join(parts[:count]), " ".join(parts[count:])
        goes_on = len(parts) >= count and (not rest or _GIVEN.fullmatch(rest) is not None)
        if goes_on and any(_is_like(begun, name) for name in of_this_length):
            return True
    return False


def _is_like(begins: str, name: str) -> bool:
    if begins == name:
        return True
    if len(name) <= 3 or abs(len(begins) - len(name)) > 2:
        return False
    # At most this many letters can match; counting them, first roughly, spares most names the slow comparison.
    shared = len(begins) - len(set(begins).difference(name))
    if 2 * shared / (len(begins) + len(name)) < _ALIKE:
        return False
    shared = sum(min(begins.count(letter), name.count(letter)) for letter in set(begins))
    if 2 * shared / (len(begins) + len(name)) < _ALIKE:
        return False
    return SequenceMatcher(None, begins, name).ratio() >= _ALIKE


def is_place(line: str) -> bool:
    """Return whether a line of a case with protected identity can only be a place in the file: short, and named as one.

    `nej, TEXT` is an answer with its reason, whatever the reason speaks of.
    """
    said = read_answer(line)
    if len(line.strip()) > MOST_WHERE or (said is not None and said.text):
        return False
    return _PLACE.search(core(line)) is not None


def place_named(line: str) -> str:
    """Return where in the file a line says that the motivation is, after saying that it is there: `se akten, flik 3`.

    Empty if it does not. What follows must read like a place: `det står i utredningen, hon vägrade` tells why.
    """
    said, *rest = _AFTER_FILE.split(line.strip(), maxsplit=1)
    place, words = "".join(rest).strip(" ,.:;–—-(").removesuffix(")").strip(), said.split()
    is_one = any(map(str.isdigit, place)) or _PLACE.search(core(place)) is not None
    if not is_one or len(words) < 2 or not is_in_file(said):
        return ""
    return place if folded(words[-1]) in _WHOLE_FILE else f"{words[-1]} {place}"


def is_in_file(line: str) -> bool:
    """Return whether a line says that the motivation is in the file, but not where."""
    return _IN_FILE.fullmatch(core(line)) is not None


def is_reference_alone(line: str) -> bool:
    """Return whether a line is nothing but what looks like a case reference."""
    return _REF_ALONE.fullmatch(line.strip()) is not None


def names_of(words: Collection[str]) -> Names:
    """Return words in the form `doubt` takes them."""
    found: dict[int, set[str]] = {}
    for name in filter(None, map(folded, words)):
        found.setdefault(name.count(" ") + 1, set()).add(name)
    return found
