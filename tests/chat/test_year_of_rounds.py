"""A whole year: three rounds, each reviewed to the end, closed, shown, talked about, and something done about it."""

from tests.chat.closed_round import BOX, closed, ref_of
from tests.chat.harness import NORTH, Chat, Room
from tests.chat.round_drive import calibrates, drawn_for, reviews
from tests.chat.test_round_results import opened, pages
from tests.chat.test_rounds import declares, opens

LEADS = ("pia", "pia", "per", "per", "pim", "paul") * 2
WHOLE = {
    "decision_motivation_clear": "ja",
    "child_heard_in_prelim": "ja",
    "best_interests_in_analysis": "ja",
    "child_view_on_intervention": "ja",
    "violence_police_report_made": "ja",
    "further_violence_risk_assessed": "ja",
}


def said(heard: str) -> list[dict[str, str]]:
    """Return whole readings: j has Ja to the child being heard, n Nej and no reason for it."""
    nej = {BOX: "nej", "child_not_heard_in_investigation_motivated": "nej"}
    return [{**WHOLE, **(nej if one == "n" else {BOX: "ja"})} for one in heard]


def reviewer_of(room: Room, ref: str) -> Chat:
    """Return the chat of whoever a case is drawn for."""
    return next(room.chat(name) for name in ("cia", "dan", "elsa") if ref in drawn_for(room.chat(name)))


def test_three_rounds_and_what_came_of_each(room: Room) -> None:
    # --- spring: the last case is reviewed, with a Nej; its remedy is done and checked, and its worker told
    closed(room, LEADS, said("nnnnnnnjjjjj"), unread=1, name="Vintern 2026")
    pia, bo, cecilia, mona = (room.chat(name).installs() for name in ("pia", "bo", "cecilia", "mona"))
    ref = ref_of(0)
    chat = reviewer_of(room, ref)
    declares(chat, ref)
    calibrates(chat)
    opens(chat, ref)
    before = reviews(chat, "Nej").presses_made
    chat.presses("Åtgärd").presses("Handläggaren").presses("Senast 2026-05-26").sees("Åtgärden är sparad")
    assert chat.presses_made - before == 3, "three presses"
    room.sweeps()
    pia.receives().sees(f"Granskat: {ref}").presses("Visa").sees("Granskningen: Nej", "åtgärd finns: senast 2026-05-26")
    for other in (bo, cecilia, mona, room.chat("per")):
        assert not [one for one in other.prompts() if one.view.kind == "menu" and "feedback" in one.view.title.say]
    pia.types("åtgärder").presses("Klart")
    cecilia.types("åtgärder").presses("Kontrollerad")

    opened(room).presses("Stäng omgång").sees("Omgången är stängd. 12 av 12 granskade.")
    mona.presses("Gruppvy").sees("Att arbeta med · Ja i 5 av 12").presses("Visa för gruppen").sees("har fått besked")
    bo.receives().presses("Visa").sees("Att arbeta med · Ja i 5 av 12").sees_no("SN 2026")
    opened(room).presses("Workshop").presses("Spara", {"said": "Vi frågar barnet för sent"}).presses("Ny åtgärd")
    wanted = {"Vad ska göras?": "Barnsamtal inom två veckor", "Enhet": NORTH, "Ägare": "Bo Exempel"}
    mona.presses("Spara", {**wanted, "Senast": "2026-06-10", "Följs upp": "2026-10-01"}).sees("Åtgärden är sparad")

    # --- the measure is late and red, then done
    room.now = room.now.replace(month=6, day=22)
    bo.types("åtgärder").sees("▲ Försenad: skulle ha varit klar 2026-06-10")
    opened(room).presses("Per enhet").sees("åtgärder: 2, klara 1, försenade 1")
    bo.types("åtgärder").presses("Klart")
    cecilia.types("åtgärder").presses("Kontrollerad")

    # --- summer and autumn: two more rounds; the follow-up is asked for and said
    closed(room, LEADS, said("nnnnnnjjjjjj"), name="Sommaren 2026", start=20)
    opened(room).presses("Gruppvy").sees("Ja i 6 av 12")
    room.now = room.now.replace(month=10, day=1)
    closed(room, LEADS, said("nnnjjjjjjjjj"), name="Hösten 2026", start=40)
    opened(room).presses("Gruppvy").sees("Styrka · Ja i minst tre av fyra").sees_no("Ja i 9 av 12")
    cecilia.types("åtgärder").sees("hjälpte den?").presses("Hjälpte").sees("åtgärden hjälpte.")

    mona.types("egenkontroll").sees("Hösten 2026", "Sommaren 2026", "Vintern 2026").presses("Öppna", nth=2)
    found = pages(mona.presses("Sidor att skriva ut"))
    assert "Barnsamtal inom två veckor: klar och kontrollerad" in found["board_page"]
    assert "Vi frågar barnet för sent" in found["workshop_page"]
    for what, text in found.items():
        for named in ("Pia", "Bo Exempel", "Granskare", "SN 2026"):
            assert named not in text, (what, named)
