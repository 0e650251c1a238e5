"""What is asked about before it is stored as a motivation: questions, requests, politeness, and next to nothing."""

import pytest

from checklists.doubt import doubt, names_of

NAMES = names_of(
    (
        *("hjälp", "mina ärenden", "vad saknas", "fortsätt", "formulär", "uppgifter", "ändra", "ångra", "paus", "barn"),
        *(
            "ny",
            "Skicka till chef",
            "Visa skillnader",
            "Antal barn",
            "Planerat beslutsdatum",
            "Skyddade personuppgifter",
        ),
    )
)


@pytest.mark.parametrize(
    ("line", "why"),
    [
        *(
            (line, "too_short")
            for line in ("", ".", "ok", "-", "👍", "\u200b\u200b", "<p></p>", "&nbsp;", "**a**", "…")
        ),
        *(
            (line, "politeness")
            for line in ("tack", "ja tack", "Tack så mycket!", "okej", "ok tack", "Bra!", "thank you")
        ),
        *(
            (line, "request")
            for line in (
                "nej förlåt ja",
                "jag menar ja",
                "nej, det ska vara ja",
                "oj, nej",
                "I mean yes",
                "fel: delvis",
            )
        ),
        *((line, "question") for line in ("hur menar du?", "hur menar du", "Vad betyder det?", "vad ska jag skriva")),
        *((line, "request") for line in ("delvis", "pågår", "ej tillämpligt", "ingen aning")),
        *((line, "question") for line in ("varför frågar du det", "Måste jag svara på det här", "räcker det så?")),
        *(
            (line, "question")
            for line in (
                "kan man hoppa över den",
                "hur lång ska den vara",
                "what do you mean",
                "Is it enough?",
                "ska jag fylla i?",
            )
        ),
        *(
            (line, "request")
            for line in ("antal barn 2", "Antal barn: 2", "barn 2", "visa mina ärenden", "mina ärende")
        ),
        *(
            (line, "request")
            for line in ("fortsett SN 2026/0202", "formulr", "skcka till chef", "gå tillbaka", "ändra 4")
        ),
        *((line, "request") for line in ("planerat beslutsdatum 2026-09-01", "skyddade personuppgifter ja", "vänta")),
        *(
            (line, "request")
            for line in ("SN 2026/0202", "2026-05-12", "jag förstår inte", "ta bort svaret", "hjälp mig")
        ),
        *(
            (line, "request")
            for line in ("öppna SN 2026/0202", "fel ärende", "du har fel", "visa fråga 3", "ångra det")
        ),
        *((line, "politeness") for line in ("skit", "men vad fan", "typ fan också")),
        *((line, "question") for line in ("men vad menar du med hörd", "sparas detta", "behövs det här verkligen")),
        *(
            (line, "request")
            for line in (
                *("det har jag redan skrivit", "jag har ju svarat", "skriv att barnet är för litet", "behövs ej"),
                *("finns", "den finns redan", "inget mer", "ingen kommentar", "knappen fungerar inte", "på fyran"),
                *("prata med en människa", "antal barn ska vara 2", "beslutet blir den 12 juni", "ja på frågan"),
                *("Bo tar över ärendet", "vi har avslutat ärendet", "lägg Bo som medhandläggare", "fyller på senare"),
                *("jag går på semester på fredag", "barnet är visst hört", "på allt utom orosanmälan", "se fråga 3"),
                *("[bild]", "se bild", "se bifogad fil", "bifogar underlaget", "samtal.pdf", "enligt bilaga 2"),
                *("nej det har det inte", "ja det har det"),
                *("vänta jag letar", "ska fråga chefen", "vet inte vad jag ska skriva"),
            )
        ),
    ],
)
def test_what_may_not_be_meant_as_a_motivation_is_doubted(line: str, why: str) -> None:
    assert doubt(line, NAMES) == why


@pytest.mark.parametrize(
    "line",
    [
        "barnet är tre månader",
        "Barnet bodde påhittat utomlands.",
        "Ny bedömning görs i höst",
        "Ändra inget förrän i maj",
        "Pausad utredning",
        "hjälp söks hos annan",
        "fortsätt följa upp",
        "1912",
        "Ärende SN 2026/0123 gäller",
        "Uppgifter från 2024 räcker",
        "Vårdnadshavarna samtyckte inte till samtal",
        "När barnet skulle höras var det sjukt",
        "Vad barnet berättade står i journalen den 12 maj och upprepas inte här",
        "Visar sig först i höst",
        "Barn 2 är för litet för samtal",
        "Enheten saknade tolk",
        "Spädbarn",
        "sjuk",
        "Uppgifterna fanns redan",
        "Barnet frågade: varför? Samtalet avbröts därför.",
        "ja, men barnet somnade",
        "Tack vare förskolan finns barnets ord redan",
        "Har barnet sagt ifrån gäller det",
        "The child was abroad",
    ],
)
def test_a_motivation_is_taken_as_one(line: str) -> None:
    assert doubt(line, NAMES) is None


@pytest.mark.parametrize(
    ("line", "why"),
    [
        *((line, "politeness") for line in ("hmm", "lol", "okej då")),
        *((line, "question") for line in ("kan vi ta det imorgon", "är det obligatoriskt", "var det allt")),
        *((line, "request") for line in ("jag menade ja", "tryckte fel", "det där förstod jag inte", "snälla hjälp")),
        *((line, "request") for line in ("jag vill inte svara nu", "ge mig ett exempel", "visa vad som saknas")),
    ],
)
def test_what_is_said_to_the_bot_is_no_motivation(line: str, why: str) -> None:
    assert doubt(line, NAMES) == why


@pytest.mark.parametrize(
    "line",
    [
        "Pojken förstår inte svenska och någon tolk kom aldrig till samtalet",
        "vad barnet vill\nframgår",
        "Jag vill avvakta med samtalet tills barnet mår bättre",
        "Vad hon vill framgår av samtalet med skolan",
        "Är det för tidigt enligt psykologen får samtalet vänta",
        "Skolan har redan sagt att hon inte vill",
        "Bilden av barnets mående är oklar för oss",
        "Filmades hos polisen, hörs inte igen",
        "Men barnet vägrade",
        "Barnet har redan hörts av polisen i mars",
        "Resten av familjen var med",
        "Inget samtycke",
        "Vi har avslutat kontakten",
    ],
)
def test_what_tells_of_somebody_is_taken(line: str) -> None:
    assert doubt(line, NAMES) is None
