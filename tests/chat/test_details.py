"""`uppgifter`: facts, protected identity, dates, co-worker, extending a time limit, closing."""

from datetime import date

import pytest
from sqlmodel import select

from storage import tenants
from storage.desk import Session
from storage.extensions import ExtensionRow
from tests.chat.card_hand import button, gathered, inputs
from tests.chat.drive import fills, opens
from tests.chat.harness import REF, TENANT, Chat, Room
from tests.chat.lived import lived_once

ALL = {"violence": "nej", "child_placed": "nej", "intervention_decided": "nej", "child_communicated": "ja"}
REASON = "Påhittat skäl: utlåtande från annan huvudman väntas"
NUMBER = "19121212-1212"


@pytest.fixture
@lived_once
def details(anna: Chat) -> Chat:
    """Anna with the details of a begun case in view."""
    return opens(anna, **ALL).types("uppgifter").sees("Uppgifter", REF)


@pytest.mark.parametrize("command", ["uppgifter", f"Uppgifter {REF}", "details", f"DETAILS {REF.lower()}"])
def test_details_by_command(anna: Chat, command: str) -> None:
    opens(anna, **ALL).types(command).sees("Skyddade personuppgifter", "Medhandläggare", "Förläng", "Avsluta")


def test_details_can_be_looked_at_before_the_facts_are_saved(anna: Chat) -> None:
    anna.types(f"ny {REF}").types("uppgifter").sees("Skyddade personuppgifter")


@pytest.mark.parametrize(
    ("label", "column"),
    [
        ("Anmälan inkom", "received_on"),
        ("Tilldelat handläggare", "assigned_on"),
        ("Utredning inledd", "opened_on"),
        ("Planerat beslutsdatum", "planned_decision_on"),
        ("Beslut fattat", "decided_on"),
        ("Insats påbörjad", "started_on"),
    ],
)
def test_each_date_is_kept_by_itself_and_told_in_the_trail(details: Chat, room: Room, label: str, column: str) -> None:
    told = len(room.events(column + "_set"))  # the facts card set the planned day

    details.presses("Spara", {label: "2026-04-30"}).sees("Sparat.")

    assert getattr(room.case(), column) == date(2026, 4, 30)
    assert [event.detail for event in room.events(column + "_set")[told:]] == [""], "the trail outlives the case"
    assert inputs(details.card)[column]["value"] == "2026-04-30"


def test_a_bad_date_stops_only_itself(details: Chat, room: Room) -> None:
    fields = {"Utredning inledd": "31/4", "Beslut fattat": "2026-05-02"}
    fields |= {"Skyddade personuppgifter": "Ja", "Är barnet placerat?": "Ja"}
    details.presses("Spara", fields).sees(
        "Utredning inledd: datumet kunde inte läsas och är inte sparat. Skriv det som 2025-01-31."
    )

    assert room.case().opened_on is None
    assert room.case().decided_on == date(2026, 5, 2)
    assert room.case().protected_identity is True
    assert details.facts()["child_placed"] == "ja"


@pytest.mark.parametrize("day", ["26-05-01", "20260501", "2026/05/01", "1 maj 2026"])
def test_a_mistyped_date_is_named_alone_beside_days_that_are_right(anna: Chat, room: Room, day: str) -> None:
    opens(anna, **ALL).types("uppgifter").presses("Spara", {"received_on": day, "planned_decision_on": "2026-10-01"})

    anna.sees("Anmälan inkom: datumet kunde inte läsas").sees_no("personnummer", "Planerat beslutsdatum: ")
    assert (str(room.case().planned_decision_on), room.case().received_on) == ("2026-10-01", None)


@pytest.mark.parametrize(
    ("question", "fact"),
    [
        ("Är det ett våldsärende?", "violence"),
        ("Är barnet placerat?", "child_placed"),
        ("Beslutas om insats?", "intervention_decided"),
        ("Har barnet kommunicerats?", "child_communicated"),
    ],
)
def test_each_fact_can_be_changed_and_forgotten(details: Chat, question: str, fact: str) -> None:
    other = {"ja": "nej", "nej": "ja"}[ALL[fact]]
    details.presses("Spara", {question: other.capitalize()}).sees("Sparat.", f"Nu: {other.capitalize()}")
    assert details.facts() == ALL | {fact: other}

    details.presses("Spara", {question: "Vet inte"})
    assert fact not in details.facts()
    assert fact in details.gaps()


def test_what_is_left_empty_stays_as_it_is(details: Chat, room: Room) -> None:
    details.presses("Spara", {"Skyddade personuppgifter": "Ja", "Beslut fattat": "2026-05-02"})
    before = len(room.events())

    details.presses("Spara", {"Beslut fattat": ""}).sees("Sparat.")

    assert room.case().protected_identity is True
    assert room.case().decided_on == date(2026, 5, 2)
    assert details.facts() == ALL
    assert len(room.events()) == before


def test_protected_identity_is_yes_or_no_and_can_go_back_and_forth(details: Chat, room: Room) -> None:
    details.sees("Nu: Nej")
    for word in ("Ja", "Nej", "Ja", "Nej"):
        details.presses("Spara", {"Skyddade personuppgifter": word})
        assert room.case().protected_identity is (word == "Ja")
    assert [event.detail for event in room.events("protected_identity_set")] == [""] * 4, "the trail outlives the case"


def test_a_planned_date_can_go_back_and_forth(details: Chat, room: Room) -> None:
    for day in ("2026-06-01", "2026-07-01", "2026-06-01", "2026-07-01"):
        details.presses("Spara", {"Planerat beslutsdatum": day})
        assert str(room.case().planned_decision_on) == day


def test_an_old_details_card_overwrites_nothing(details: Chat, room: Room) -> None:
    old = details.shown
    details.presses("Spara", {"Beslut fattat": "2026-05-02"})

    details.presses("Spara", {"Beslut fattat": "2026-05-09"}, on=old).sees(
        "Uppgifterna har ändrats sedan kortet visades"
    )

    assert room.case().decided_on == date(2026, 5, 2)


# --- co-worker ---------------------------------------------------------------------------------------------


def test_a_co_worker_of_the_unit_shares_the_case_until_she_is_taken_away(details: Chat, bo: Chat, room: Room) -> None:
    bo.types(f"fortsätt {REF}").sees("Det finns inget ärende")

    details.presses("Spara", {"Medhandläggare": "Bo Exempel"}).sees("Nu: Bo Exempel")
    bo.types(f"fortsätt {REF}").is_asked("child_heard").presses("Ja")
    row = details.row("child_heard")
    assert row is not None
    assert row.author_id == room.scalar("select id from person where name = 'Bo Exempel'")
    old = bo.shown

    details.types("uppgifter").presses("Spara", {"Medhandläggare": "Ingen"})
    bo.types(f"fortsätt {REF}").sees("Det finns inget ärende")
    bo.presses("Spara", {"Orosanmälan": "Ja"}, on=old).sees("Det finns inget ärende")
    assert details.stored("child_informed_report") == ""


def test_who_is_named_co_worker_or_taken_away_is_told_at_once(details: Chat, bo: Chat, room: Room) -> None:
    bo.installs()
    for _ in range(2):  # what is as it was is told to nobody
        details.types("uppgifter").presses("Spara", {"Medhandläggare": "Bo Exempel"})
    assert bo.arrives() == 1
    bo.sees(f"Du är nu medhandläggare i {REF}").presses(f"Fortsätt {REF}").is_asked("child_heard")

    details.types("uppgifter").presses("Spara", {"Medhandläggare": "Ingen"})
    assert bo.arrives() == 1
    bo.sees(f"Du är inte längre handläggare eller medhandläggare i {REF}", "Du kan inte längre öppna det")
    assert details.arrives() == 0


def test_a_co_worker_who_takes_herself_away_is_told_and_keeps_no_card_of_the_case(
    details: Chat, bo: Chat, room: Room
) -> None:
    details.presses("Spara", {"Medhandläggare": "Bo Exempel"})
    for title in ("Spara", "Avsluta"):
        details.types("uppgifter").presses("Spara", {"Medhandläggare": "Bo Exempel"})
        bo.types(f"uppgifter {REF}").presses(title, {"Medhandläggare": "Ingen"})
        assert bo.said.endswith(f"Du är inte längre medhandläggare i {REF}."), "no card of the case comes with it"

    assert room.events("denied") == []


def test_only_workers_of_the_unit_can_be_chosen_and_never_the_lead(details: Chat) -> None:
    found = {choice["title"] for choice in inputs(details.card)["co_worker"]["choices"]}

    assert found == {"Ingen", "Bo Exempel", "Eva Tvåenheter"}


def test_a_forged_co_worker_is_refused_and_the_rest_is_kept(details: Chat, room: Room) -> None:
    data = gathered(details.card, button(details.card, "Spara"), {"Beslut fattat": "2026-05-02"})
    for person in ("Anna Påhittad", "Doris Uppdiktad", "Cecilia Fiktiv"):
        forged = str(room.scalar(f"select id from person where name = '{person}'"))
        details.types("uppgifter")
        data = gathered(details.card, button(details.card, "Spara"), {"Beslut fattat": "2026-05-02"})
        details.sends(data | {"co_worker": forged}).sees("kan inte vara medhandläggare")

    assert room.case().co_id is None
    assert room.case().decided_on == date(2026, 5, 2)


def test_the_co_worker_may_do_what_the_lead_may(details: Chat, bo: Chat) -> None:
    details.presses("Spara", {"Medhandläggare": "Bo Exempel"})

    bo.types(f"uppgifter {REF}").presses("Spara", {"Är barnet placerat?": "Ja"}).sees("Sparat.")
    fills(bo.types(f"fortsätt {REF}")).presses("Skicka till chef").sees("Skickat till chef")


# --- förläng -----------------------------------------------------------------------------------------------


def extensions(room: Room) -> list[tuple[str, str, str]]:
    """Return limit, class and new last day of each extension."""
    return room.desk.run_now(
        lambda session: [(row.limit, row.reason_class, str(row.until)) for row in session.exec(select(ExtensionRow))]
    )


@pytest.mark.parametrize(
    ("reason_class", "code", "said"),
    [
        ("Synnerliga eller särskilda skäl", "grounds", "Förlängningen till 2026-10-01 är sparad."),
        ("Arbetsbelastning, organisation eller bemanning", "organisation", "räknas ändå som försenat"),
    ],
)
def test_an_extension_carries_limit_class_reason_and_day(
    details: Chat, room: Room, reason_class: str, code: str, said: str
) -> None:
    details.presses("Förläng").presses(
        "Spara",
        {
            "Tidsgräns": "Utredning, fyra månader",
            "Typ av skäl": reason_class,
            "Skäl": REASON,
            "Ny sista dag": "2026-10-01",
        },
    )

    details.sees(said)
    assert extensions(room) == [("4m", code, "2026-10-01")]
    assert REASON not in str(room.content())
    assert [event.detail for event in room.events("extended")] == ["4m"]


def test_the_extension_card_says_when_four_months_run_out(details: Chat) -> None:
    details.presses("Spara", {"Utredning inledd": "2025-10-31"}).presses("Förläng")

    details.sees("Utredningstiden går ut 2026-02-28.")


@pytest.mark.parametrize("missing", ["Tidsgräns", "Typ av skäl", "Skäl", "Ny sista dag"])
def test_an_extension_needs_all_four_and_keeps_what_was_typed(details: Chat, room: Room, missing: str) -> None:
    fields = {
        "Tidsgräns": "Förhandsbedömning, 14 dagar",
        "Typ av skäl": "Synnerliga eller särskilda skäl",
        "Skäl": REASON,
        "Ny sista dag": "2026-10-01",
    }

    details.presses("Förläng").presses("Spara", fields | {missing: ""})

    assert extensions(room) == []
    values = {name: shown.get("value", "") for name, shown in inputs(details.card).items()}
    kept = {"Tidsgräns": ("limit", "14d"), "Typ av skäl": ("reason_class", "grounds")}
    kept |= {"Skäl": ("reason", REASON), "Ny sista dag": ("until", "2026-10-01")}
    assert [values[name] for name, _ in kept.values()] == [
        "" if label == missing else value for label, (_, value) in kept.items()
    ]
    details.presses("Tillbaka").sees("Skyddade personuppgifter")


GIVEN = {"Tidsgräns": "Utredning, fyra månader", "Typ av skäl": "Synnerliga eller särskilda skäl", "Skäl": REASON}
FIELDS = {"limit": "4m", "reason_class": "grounds", "reason": REASON}


@pytest.mark.parametrize("reason_class", ["grounds", "organisation"])
@pytest.mark.parametrize(
    ("field", "day", "limit", "last", "after"),
    [
        ("Utredning inledd", "2026-02-10", "4m", "2026-06-10", "2026-06-11"),
        ("Anmälan inkom", "2026-05-04", "14d", "2026-05-18", "2026-05-19"),
    ],
)
def test_an_extension_that_extends_nothing_is_refused_and_nothing_is_lost(
    details: Chat, room: Room, field: str, day: str, limit: str, last: str, after: str, reason_class: str
) -> None:
    details.presses("Spara", {field: day}).presses("Förläng")
    for until in ("2026-05-12", last):
        fields = {"limit": limit, "reason_class": reason_class, "reason": REASON, "until": until}
        details.presses("Spara", fields).sees(f"ligger inte efter tidsgränsen, {last}", "Inget på kortet är sparat.")
        shown = {name: element.get("value", "") for name, element in inputs(details.card).items()}
        assert shown.items() >= fields.items()
        assert extensions(room) == []

    details.presses("Spara", {"until": after}).sees(f"till {after} är sparad")
    details.presses("Förläng").presses("Spara", fields).sees("ligger inte efter tidsgränsen")
    assert extensions(room) == [(limit, reason_class, after)]


@pytest.mark.parametrize(
    ("opened", "decided", "says"),
    [
        ("2026-01-10", "2026-01-09", "flyttar inte tidsgränsen, som är 2026-05-10"),
        ("2026-01-10", "2026-01-10", "Förlängningen till 2026-08-01 är sparad."),
        ("2026-01-10", "2026-05-10", "Förlängningen till 2026-08-01 är sparad."),
        ("2026-01-10", "2026-05-11", "flyttar inte tidsgränsen, som är 2026-05-10"),
        ("", "2026-05-11", "Förlängningen till 2026-08-01 är sparad."),
    ],
)
def test_it_is_said_when_an_extension_does_not_count(
    details: Chat, room: Room, opened: str, decided: str, says: str
) -> None:
    details.presses("Spara", {"Utredning inledd": opened}).presses("Förläng")
    details.presses("Spara", GIVEN | {"Förlängningen beslutad": decided, "Ny sista dag": "2026-08-01"}).sees(says)
    assert extensions(room) == [("4m", "grounds", "2026-08-01")]


@pytest.mark.parametrize("reason_class", ["grounds", "organisation"])
def test_it_is_said_that_nothing_extends_at_once(anna: Chat, room: Room, reason_class: str) -> None:
    details = opens(anna, violence="ja").types("uppgifter")
    details.presses("Spara", {"Anmälan inkom": "2026-05-12"}).presses("Förläng")
    limit = {"limit": "14d", "reason_class": reason_class, "reason": REASON, "until": "2026-06-01"}
    details.presses("Spara", limit).sees("flyttar inget", "genast", "senast 2026-05-13")
    assert extensions(room) == [("14d", reason_class, "2026-06-01")]


@pytest.mark.parametrize(
    ("fields", "said", "kept"),
    [
        ({"Förlängningen beslutad": "2026-05-13"}, "Förlängningen beslutad: datumet är inte sparat, för dagen", {}),
        ({"Ny sista dag": "2026-09-31"}, "Ny sista dag: datumet kunde inte läsas", {"until": ""}),
        ({"Ny sista dag": NUMBER}, "Ny sista dag: det som skrevs ser ut som ett personnummer", {"until": ""}),
    ],
)
def test_a_bad_day_of_an_extension_stops_it_and_loses_nothing_else(
    details: Chat, room: Room, fields: dict[str, str], said: str, kept: dict[str, str]
) -> None:
    details.presses("Förläng").presses("Spara", GIVEN | {"Ny sista dag": "2026-10-01"} | fields)

    details.sees(said, "Inget på kortet är sparat.").sees_no(NUMBER, "Allt annat")
    shown = {name: element.get("value", "") for name, element in inputs(details.card).items()}
    assert shown.items() >= (FIELDS | {"until": "2026-10-01"} | kept).items()
    assert extensions(room) == []


def test_a_personal_number_in_a_reason_is_refused(details: Chat, room: Room) -> None:
    details.presses("Förläng").presses("Spara", Skäl=f"Mamman {NUMBER}").sees("personnummer").sees_no("Mamman", NUMBER)

    assert extensions(room) == []
    assert NUMBER not in str(room.content())


# --- avsluta -----------------------------------------------------------------------------------------------


def test_closing_is_asked_once_with_its_consequence_and_can_be_left(details: Chat, room: Room) -> None:
    details.presses("Avsluta").sees("Ett avslutat ärende kan inte ändras.")
    assert inputs(details.card)["closed_on"]["value"] == "2026-05-12"
    assert room.case().closed_on is None

    details.presses("Tillbaka").sees("Skyddade personuppgifter")
    assert room.case().closed_on is None


def test_a_bad_closing_day_closes_nothing(details: Chat, room: Room) -> None:
    details.presses("Avsluta").presses("Avsluta", Avslutat="igår").sees("Avslutat: datumet kunde inte läsas")

    assert room.case().closed_on is None


def test_after_closing_nothing_of_the_case_can_be_changed(anna: Chat, room: Room) -> None:
    opens(anna, **ALL)
    cards = {"facts": anna.types("vad saknas").shown}
    cards["question"] = anna.types("fortsätt").shown
    cards["comment"] = anna.presses("Kommentera").shown
    cards["group"] = anna.types("ändra 3").shown
    anna.types("ändra 1").presses("Nej")
    cards["motivation"] = anna.shown
    cards["form"] = anna.types("formulär").shown
    cards["details"] = anna.types("uppgifter").shown
    cards["extend"] = anna.presses("Förläng").shown
    fills(anna.types("fortsätt"))
    cards["summary"] = anna.shown
    anna.types("uppgifter").presses("Avsluta").presses("Avsluta").sees(f"{REF} är avslutat", "2026-05-12")
    closed = room.content_but("inbox", "conversation", "outbox", "event_seal")

    for title, card, fields in (
        ("Ja", "question", {}),
        ("Spara", "comment", {"Kommentar": "Påhittad kommentar"}),
        ("Spara", "group", {"Orosanmälan": "Nej"}),
        ("Spara", "motivation", {"Motivering": REASON}),
        ("Finns i akten", "motivation", {"Var i akten": REASON}),
        ("Motivering saknas", "motivation", {}),
        ("Pausa", "motivation", {"Motivering": REASON}),
        ("Spara", "form", {"child_heard": "Ja"}),
        ("Spara", "details", {"Skyddade personuppgifter": "Ja"}),
        ("Spara", "extend", {"Skäl": REASON}),
        ("Skicka till chef", "summary", {}),
    ):
        anna.presses(title, fields, on=cards[card])
        assert room.content_but("inbox", "conversation", "outbox", "event_seal") == closed, (
            f"{title} on the {card} card"
        )
    for line in (
        "ångra",
        "ändra 1",
        "formulär",
        f"ny {REF}",
        f"fortsätt {REF}",
        "uppgifter",
        "vad saknas",
        "ja",
        "paus",
        "tillbaka",
    ):
        anna.types(line)
        assert room.content_but("inbox", "conversation", "outbox", "event_seal") == closed, line
    for line in ("ändra 1", "tillbaka", "paus", f"tillbaka {REF}", f"paus {REF}"):
        anna.types(line).sees("Ärendet är avslutat och kan inte ändras")
        anna.types("hjälp")
    room.chat("cecilia").types(f"tillbaka {REF}").presses("Enhetens ärenden")
    anna.types("mina ärenden").sees("Du har inga öppna ärenden")


def test_details_in_english(anna: Chat, room: Room) -> None:
    anna.types("language en")
    opens(anna, **ALL).types("details").presses("Save", {"Protected identity": "Yes", "Is the child placed?": "Yes"})

    anna.sees("Now: Yes").presses("Extend").sees("Type of reason").presses("Back")
    anna.presses("Close").presses("Close").sees("is closed")
    assert room.case().protected_identity is True


def test_back_from_extending_or_closing_keeps_what_is_filled_in(details: Chat, room: Room) -> None:
    details.presses("Förläng").presses("Tillbaka", {"Skäl": REASON, "reason_class": "grounds"}).sees(
        "finns kvar på kortet"
    )
    again = details.presses("Förläng")
    assert inputs(again.card)["reason"]["value"] == REASON
    assert inputs(again.card)["reason_class"]["value"] == "grounds"
    again.presses("Tillbaka").sees("Uppgifter")
    assert room.count(ExtensionRow) == 0

    details.presses("Avsluta").presses("Tillbaka", {"closed_on": "2026-05-11"})
    assert inputs(details.presses("Avsluta").card)["closed_on"]["value"] == "2026-05-11"


def test_what_holds_a_personal_number_is_not_kept_when_going_back(details: Chat, room: Room) -> None:
    room.refused.add(NUMBER)
    details.presses("Förläng").presses("Tillbaka", {"Skäl": f"se {NUMBER}"}).sees_no("finns kvar på kortet")

    assert "value" not in inputs(details.presses("Förläng").card)["reason"]


def test_back_from_extending_a_case_without_a_list_goes_back(anna: Chat) -> None:
    anna.types(f"ny {REF}").types("uppgifter").presses("Förläng").presses("Tillbaka", {"Skäl": REASON}).sees(
        "Uppgifter"
    )


def test_what_the_municipality_has_decided_is_shown_with_the_case_and_when_violence_is_said(
    anna: Chat, room: Room
) -> None:
    def chosen(session: Session) -> None:
        tenant = tenants.known(session, TENANT)
        tenants.set_setting(tenant, "decides", ["open:unit_manager", "not_open:together"])
        tenants.set_setting(tenant, "violence_cases", ["two_workers", "with_police"])

    room.desk.run_now(chosen)
    opens(anna, **ALL).is_asked("child_heard").sees_no("Hos er")
    anna.types("uppgifter").sees(
        "chefen som beslutar om att inleda", "chefen tillsammans som beslutar om att inte inleda"
    )
    anna.sees_no("Våldsärende:")
    opens(anna, "SN 2026/0124", **(ALL | {"violence": "ja"})).is_asked("child_heard")
    anna.sees("chefen som beslutar om att inleda", "är två socialsekreterare inkopplade")
    anna.sees("samarbetar socialtjänsten med polisen")


@pytest.mark.parametrize("typed", ["2026-05-13", "12/5", ""])
def test_a_refused_day_is_not_replaced_by_today(anna: Chat, room: Room, typed: str) -> None:
    opens(anna, **ALL).types("uppgifter").presses("Avsluta").presses("Avsluta", {"closed_on": typed})
    anna.sees("Inget på kortet är sparat").presses("Avsluta").sees("Inget på kortet är sparat")
    assert room.case().closed_on is None
    anna.presses("Avsluta", {"closed_on": "2026-05-11"}).sees("2026-05-11")

    anna.presses("Öppna igen").types("uppgifter").presses("Förläng")
    given = {"limit": "14d", "reason_class": "grounds", "reason": "Påhittat skäl", "until": "2026-06-01"}
    anna.presses("Spara", {**given, "decided_on": typed}).sees("Förlängningen beslutad")
    anna.presses("Spara")
    assert room.count(ExtensionRow) == 0
    anna.presses("Spara", {"decided_on": "2026-05-11"})
    assert room.count(ExtensionRow) == 1
