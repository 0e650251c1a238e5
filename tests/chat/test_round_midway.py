"""What happens to a round while it runs or before it is started: it is told in words, and no answer is lost."""

from collections.abc import Callable

from sqlmodel import select

from actions import cases as case_acts
from actions import wrong_case
from actions.changes import Changes
from actions.origin import Origin
from storage import people
from storage.answers import AnswerRow
from storage.cases import CaseRow
from storage.desk import Session
from storage.raised import RaisedToRow
from storage.round_cases import RoundCaseRow
from storage.round_readings import ReadingRow
from storage.round_reviewers import ConsentRow
from storage.rounds import RoundRow
from tests.chat.card_hand import inputs
from tests.chat.harness import NORTH, SOUTH, Chat, Room, move_in
from tests.chat.list_drive import takes_in
from tests.chat.round_drive import adds, calibrates, drawn_for, draws, furnish, refs, reviews
from tests.chat.test_round_rules import STINA, SVEN, begun
from tests.chat.test_rounds import declares, opens, person, rows

NOT_HERS = "Det ärendet granskar du inte längre. Det du har svarat finns kvar."


def happens(room: Room, ref: str, act: Callable[[Session, Origin, CaseRow], Changes]) -> None:
    """Let somebody do something with a case."""

    def work(session: Session) -> None:
        case = session.exec(select(CaseRow).where(CaseRow.ref == ref)).one()
        act(session, Origin(1, "cli:test", room.now), case)

    room.desk.run_now(work)


def under_review(room: Room, name: str = "cia") -> tuple[Chat, str]:
    """Bring a reviewer to a question of her first case; return her chat and the case."""
    chat = room.chat(name)
    ref = drawn_for(chat)[0]
    declares(chat, ref)
    calibrates(chat)
    opens(chat, ref)
    return chat.presses("Ja"), ref


def looks(chat: Chat) -> Chat:
    """Look at the round made last."""
    return chat.types("egenkontroll").presses("Öppna")


def row_of(chat: Chat, ref: str) -> int:
    """Return the place of a case on the card of its round."""
    return [row.title.args.get("ref") for row in chat.view.rows].index(ref)  # type: ignore[union-attr]


# --- a case ----------------------------------------------------------------------------------------------------------


def test_a_case_that_is_withdrawn_leaves_the_round_and_the_next_in_the_order_may_take_its_place(room: Room) -> None:
    furnish(room, cases=4, protected=0)
    for name in ("mona", "cia", "dan"):
        room.chat(name).installs()
    mona = draws(room.chat("mona"), per_unit=3, twice=0)
    adds(mona, "cia", "dan").presses("Starta omgång").sees("0 av 3 granskade.")
    cia = room.chat("cia")
    ref = drawn_for(cia)[0]
    happens(room, ref, wrong_case.withdraw)

    cia.presses("Jag har inte haft ärendet").sees("har ändrats").sees(f"Har dragits tillbaka och granskas inte: {ref}.")
    assert ref not in drawn_for(cia)
    looks(mona).sees("0 av 2 granskade.").sees("Har dragits tillbaka, räknas inte")
    assert "1 väntar på en annan granskare" not in mona.text, "nobody could review it"
    mona.presses("Nästa ärende i ordningen").sees("är nästa i ordningen").sees("0 av 3 granskade.")
    assert ref not in mona.text


def test_a_case_that_takes_the_place_of_an_empty_one_takes_its_place_in_the_round(room: Room) -> None:
    mona = begun(room, "cia", "dan", cases=3)
    cia = room.chat("cia")
    ref = drawn_for(cia)[0]
    wrong = "SN 2026/9123"
    takes_in(room, case_ref=wrong, unit=NORTH, lead_email="bo@example.invalid", opened_on="2026-01-10")

    def merged(session: Session, origin: Origin, case: CaseRow) -> Changes:
        empty = session.exec(select(CaseRow).where(CaseRow.ref == ref)).one()
        return wrong_case.merge(session, origin, case, empty)

    happens(room, wrong, merged)
    assert ref in drawn_for(cia)
    assert "dragits tillbaka" not in cia.text
    looks(mona).sees("0 av 3 granskade.").sees(ref)
    assert "dragits tillbaka" not in mona.text
    declares(cia, ref)
    calibrates(cia)
    assert opens(cia, ref).kind() == "question"


def test_the_closing_does_not_ask_why_what_was_withdrawn_or_got_protected_was_not_reviewed(room: Room) -> None:
    mona = begun(room, "cia", "dan", "elsa", cases=3)
    cia, ref = under_review(room)
    takes_in(room, case_ref=ref, protected_identity="ja")
    other = next(one for one in refs(3) if one != ref)
    happens(room, other, wrong_case.withdraw)

    cia.presses("Ja").sees(NOT_HERS).sees("Har fått skyddade personuppgifter, och granskas inte: 1.")
    assert ref not in cia.text
    looks(mona).sees("Ett ärende med skyddade personuppgifter").sees("Har fått skyddade personuppgifter, granskas inte")
    assert ref not in mona.text
    mona.presses("Stäng omgång").sees("Inte granskade: 1.")
    (left,) = [field.id for field in mona.view.fields]  # type: ignore[union-attr]
    mona.presses("Stäng omgång", {left: "Tiden räckte inte"}).sees("Omgången är stängd. 0 av 2 granskade.")
    assert sorted(one.why_not for one in rows(room, RoundCaseRow)) == ["no_time", "protected", "withdrawn"]


def test_who_was_to_review_and_when_stands_on_the_card_again_when_a_day_is_refused(room: Room) -> None:
    furnish(room, cases=2, protected=0)
    mona = draws(room.chat("mona"), twice=0)
    wrong = {"people": chooses(mona, "Cia Granskare"), "away_first": "2026-05-20", "away_last": "2026-05-15"}

    def refuses() -> None:
        mona.presses("Lägg till", wrong).sees("Dagarna är i fel ordning", "Allt annat på kortet står kvar.")
        shown = {field.id: field.value for field in mona.view.fields}  # type: ignore[union-attr]
        assert shown.items() >= wrong.items()

    refuses()
    mona.presses("Lägg till", {"away_last": "2026-05-21"}).sees("Cia Granskare")
    mona.presses("Starta omgång").presses("Annan granskare")
    refuses()


def chooses(chat: Chat, name: str) -> str:
    """Return the value that chooses somebody in the field of reviewers."""
    people = inputs(chat.card)["people"]["choices"]
    return next(str(one["value"]) for one in people if one["title"].startswith(name))


def test_a_reason_chosen_before_the_others_stands_on_the_card_again(room: Room) -> None:
    mona = looks(begun(room, "cia", "dan", "elsa", cases=3)).presses("Stäng omgång")
    first, *others = [field.id for field in mona.view.fields]  # type: ignore[union-attr]

    mona.presses("Stäng omgång", {first: "Tiden räckte inte"}).sees("Kvar att välja: 2.")
    assert [field.value for field in mona.view.fields] == ["no_time", "", ""]  # type: ignore[union-attr]
    mona.presses("Stäng omgång", dict.fromkeys(others, "Annat")).sees("Omgången är stängd. 0 av 3 granskade.")
    assert sorted(one.why_not for one in rows(room, RoundCaseRow)) == ["no_time", "other", "other"]


def test_a_case_that_is_closed_linked_or_renamed_is_reviewed_all_the_same(room: Room) -> None:
    mona = begun(room, "cia", cases=3)
    cia, ref = under_review(room)
    happens(room, ref, lambda session, origin, case: case_acts.close(session, origin, case, origin.today))
    happens(room, ref, lambda session, origin, case: wrong_case.rename(session, origin, case, "SN 2026/0999"))

    reviews(cia.presses("Ja")).sees("Inget saknas.").sees("SN 2026/0999")
    assert "SN 2026/0999" in drawn_for(cia)
    looks(mona).sees("1 av 3 granskade.").sees("SN 2026/0999")
    assert ref not in mona.text


def test_a_case_of_another_unit_now_waits_for_both_chefs_or_somebody_else(room: Room) -> None:
    furnish(room, cases=1, protected=0)
    move_in(room.desk, SVEN, STINA)
    for name in ("mona", "cia", "stina", "cecilia"):
        room.chat(name).installs()
    mona = draws(room.chat("mona"), twice=0)
    adds(mona, "cia").presses("Starta omgång")
    cia, ref = under_review(room)
    south = room.desk.run_now(lambda session: people.unit(session, 1, SOUTH).id)
    happens(room, ref, lambda session, origin, case: case_acts.set_unit(session, origin, case, south))

    cia.presses("Ja").sees(NOT_HERS).sees("Du eller ärendet hör till en annan enhet nu.")
    kept = room.count(AnswerRow)
    for door in (f"ny kollegial granskning {ref}", f"formulär kollegial granskning {ref}"):
        assert cia.types(door).kind_or_nothing() not in ("question", "form"), door
    assert room.count(AnswerRow) == kept
    looks(mona).sees("1 väntar på en annan granskare.").sees("utan ja från båda cheferna")
    mona.presses("Annan granskare").sees("Ingen i omgången kan ta över").sees("Sven Granskare")
    at = [row.title.args["name"] for row in mona.view.rows if row.buttons]  # type: ignore[union-attr]
    mona.presses("Fråga cheferna", nth=at.index("Cia Granskare")).sees("Cheferna är tillfrågade.")
    for name in ("stina", "cecilia"):
        room.chat(name).receives().presses("Ja")
    assert {one.said for one in rows(room, ConsentRow)} == {"yes"}
    assert "hör till en annan enhet nu" not in looks(mona).text
    opened = cia.types("granska").presses("Fortsätt")
    assert opened.kind() == "question"


# --- a reviewer ------------------------------------------------------------------------------------------------------


def test_who_stops_reviewing_is_named_on_the_card_and_what_she_did_counts(room: Room) -> None:
    mona = begun(room, "cia", "dan", cases=4)
    cia = room.chat("cia")
    mine = drawn_for(cia)
    declares(cia, mine[0])
    calibrates(cia)
    reviews(opens(cia, mine[0]))
    declares(cia, mine[1])
    opens(cia, mine[1]).presses("Ja")
    move_in(room.desk, ("cia", "Cia Granskare", NORTH, "case_worker"))
    move_in(room.desk, ("cia", "Cia Granskare", NORTH, "peer_reviewer"), days="2025-01-01,2026-05-11")

    kept = room.count(AnswerRow)
    cia.presses("Ja")
    assert room.count(AnswerRow) == kept
    mona.types("egenkontroll").sees("1 av 4 granskade.").sees("1 väntar på en annan granskare.")
    looks(mona).sees("Cia Granskare är inte granskare längre")
    mona.presses("Annan granskare", nth=row_of(mona, mine[1]))
    to = mona.view.fields[0].options[0].value  # type: ignore[union-attr]
    mona.presses("Byt granskare", {"to": to}).sees("1 av 4 granskade.")
    assert "är inte granskare längre" not in mona.text
    assert mine[1] in drawn_for(room.chat("dan"))


def test_who_loses_a_case_to_another_is_told_that_what_she_answered_is_kept(room: Room) -> None:
    mona = begun(room, "cia", "dan", cases=2)
    cia, ref = under_review(room)
    looks(mona).presses("Annan granskare", nth=row_of(mona, ref))
    mona.presses("Byt granskare", {"to": mona.view.fields[0].options[0].value})  # type: ignore[union-attr]

    cia.presses("Ja").sees(NOT_HERS).sees(f"Granskas av någon annan nu: {ref}.")
    drawn_for(cia)
    cia.sees(f"Granskas av någon annan nu: {ref}.")
    dan = room.chat("dan")
    assert dan.types("granska").text.count(ref) == 1
    assert "Granskas av någon annan nu" not in dan.text
    assert (
        room.chat("elsa").types(f"fortsätt kollegial granskning {ref}").said == dan.types("fortsätt SN 2026/9999").said
    )


def test_who_gets_a_part_in_the_case_reviews_it_no_more_and_the_card_says_so(room: Room) -> None:
    mona = begun(room, "cia", "dan", cases=1)
    mine = next(name for name in ("cia", "dan") if drawn_for(room.chat(name)))
    chat, ref = under_review(room, mine)
    takes_in(room, case_ref=ref, co_email=f"{mine}@example.invalid")
    kept = room.count(AnswerRow)

    chat.presses("Ja").sees(NOT_HERS).sees("Du har ett uppdrag i ärendet nu")
    assert room.count(AnswerRow) == kept
    looks(mona).sees("1 väntar på en annan granskare.").sees("har fått ett uppdrag i ärendet")


def test_a_reviewer_of_another_unit_now_has_no_share_and_her_chefs_can_be_asked_from_the_draft(room: Room) -> None:
    furnish(room, cases=3, protected=0)
    move_in(room.desk, SVEN, STINA)
    for name in ("mona", "cia", "dan", "sven", "stina", "cecilia"):
        room.chat(name).installs()
    mona = draws(room.chat("mona"), twice=0)
    adds(mona, "cia", "dan", "sven").sees("från en annan enhet: får inga ärenden innan båda cheferna har sagt ja")
    move_in(room.desk, ("dan", "Dan Granskare", NORTH, "peer_reviewer"), days="2025-01-01,2026-05-11")
    looks(mona).sees("är inte granskare längre och får inga ärenden")
    mona.presses("Fråga cheferna").sees("Cheferna är tillfrågade.")
    assert "Fråga cheferna" not in mona.buttons
    mona.presses("Starta omgång").sees("Omgången har startat. Läsningar: 3, 3 till 3 per granskare.")
    assert {one.person_id for one in rows(room, ReadingRow)} == {person(room, "cia")}


def test_a_chef_who_reviews_is_never_told_by_herself_of_a_child_in_danger(room: Room) -> None:
    furnish(room, cases=1, protected=0)
    move_in(room.desk, ("cecilia", "Cecilia Fiktiv", NORTH, "peer_reviewer"))
    for name in ("mona", "cecilia"):
        room.chat(name).installs()
    cecilia = draws(room.chat("cecilia"), {"Enheter": NORTH}, twice=0)
    cecilia.presses("Lägg till", {"people": f"Cecilia Fiktiv ({NORTH})"}).presses("Starta omgång")
    ref = drawn_for(cecilia)[0]
    declares(cecilia, ref)
    calibrates(cecilia)
    opens(cecilia, ref).presses("Ta upp nu").presses("Ta upp nu").sees("Besked har gått till: Mona Verksamhetschef")
    assert [one.person_id for one in rows(room, RaisedToRow)] == [person(room, "mona")]
    room.chat("mona").receives().presses("Mottaget").sees("Mona Verksamhetschef tog emot det")


def test_a_child_in_danger_can_be_raised_also_when_she_may_not_go_on_with_the_review(room: Room) -> None:
    begun(room, "cia")
    room.chat("cecilia").installs()
    cia, _ = under_review(room)
    card = cia.presses("Ta upp nu").shown
    move_in(room.desk, ("cia", "Cia Granskare", NORTH, "peer_reviewer"), days="2025-01-01,2026-05-11")
    move_in(room.desk, ("cia", "Cia Granskare", SOUTH, "peer_reviewer"))

    cia.presses("Ta upp nu", on=card).sees("Besked har gått till: Cecilia Fiktiv")


# --- before it is started --------------------------------------------------------------------------------------------


def test_two_drafts_over_the_same_cases_and_the_second_is_told_when_it_is_started(room: Room) -> None:
    furnish(room, cases=6, protected=0)
    mona = draws(room.chat("mona"), {"Namn": "Första"}, per_unit=3, twice=0)
    adds(mona, "cia", "dan")
    first = mona.shown
    draws(mona, {"Namn": "Andra"}, per_unit=4, twice=0)
    adds(mona, "elsa", "fia")
    mona.presses("Starta omgång", on=first).sees("Omgången har startat")
    taken = {one.case_id for one in rows(room, RoundCaseRow) if one.round_id == 1 and one.drawn}
    both = [one for one in rows(room, RoundCaseRow) if one.round_id == 2 and one.drawn and one.case_id in taken]
    assert both, "four and three of six: at least one is in both"

    looks(mona).presses("Starta omgång").sees("Några ärenden kan inte granskas i den här omgången")
    mona.sees("Granskas redan i omgången Första: ").sees("Inget har startats.")
    assert {one.round_id for one in rows(room, ReadingRow)} == {1}
    mona.presses("Nästa ärende i ordningen").sees(f"Utbytta mot nästa i ordningen: {3 - (4 - len(both))}.")
    mona.presses("Starta omgång").sees("Omgången har startat")
    now = {one.case_id for one in rows(room, RoundCaseRow) if one.round_id == 2 and one.drawn}
    assert len(now) == 3, "there are six, and three are taken"
    assert not now & taken


def test_what_was_withdrawn_got_protected_or_moved_since_the_draw_is_told_at_the_start(room: Room) -> None:
    furnish(room, cases=4, protected=0)
    mona = draws(room.chat("mona"), twice=100)
    adds(mona, "cia", "dan", "elsa")
    gone, hidden, moved, last = refs(4)
    happens(room, gone, wrong_case.withdraw)
    takes_in(room, case_ref=hidden, protected_identity="ja")
    takes_in(room, case_ref=moved, unit=SOUTH)

    mona.presses("Starta omgång").sees(f"Har dragits tillbaka sedan dragningen: {gone}.")
    mona.sees("Har fått skyddade personuppgifter sedan dragningen: 1.").sees(f"Hör till en annan enhet nu: {moved}.")
    assert hidden not in mona.text
    mona.presses("Nästa ärende i ordningen").sees("Utbytta mot nästa i ordningen: 0.").sees("inte kunde ersättas: 3.")
    mona.sees("Dragna slumpvis: 1. Läses av två: 1.")
    happens(room, last, wrong_case.withdraw)
    mona.presses("Starta omgång").presses("Nästa ärende i ordningen").presses("Starta omgång")
    mona.sees("Inget draget ärende är kvar i omgången.")
    assert rows(room, ReadingRow) == []


def test_a_chef_is_not_told_the_name_of_a_round_that_is_not_hers(room: Room) -> None:
    furnish(room, cases=2, protected=0)
    cecilia = draws(room.chat("cecilia"), {"Namn": "Chefens"}, twice=0)
    adds(cecilia, "cia")
    mona = draws(room.chat("mona"), {"Namn": "Hela förvaltningen", "Enheter": f"{NORTH}, {SOUTH}"}, twice=0)
    adds(mona, "dan", "elsa", "fia").presses("Starta omgång").sees("Omgången har startat")

    looks(cecilia).presses("Starta omgång").sees("Granskas redan i en annan omgång: ")
    assert "Hela förvaltningen" not in cecilia.text


def test_what_is_under_way_and_what_was_reviewed_are_told_apart(room: Room) -> None:
    mona = begun(room, "cia", "dan", cases=3)
    cia, ref = under_review(room)
    reviews(cia)
    draws(mona, {"Namn": "Ny"}).sees("3 i en omgång som pågår, 0 som granskats det senaste året.")
    looks(mona).presses("Stäng omgång")
    why = {field.id: "Tiden räckte inte" for field in mona.view.fields}  # type: ignore[union-attr]
    mona.presses("Stäng omgång", why)

    draws(mona, {"Namn": "Efter"}).sees("Beslutade ärenden: 3.")
    mona.sees("0 i en omgång som pågår, 1 som granskats det senaste året.")
    mona.sees("Dragna slumpvis: 2.")
    made = rows(room, RoundRow)[-1]
    assert (made.total, made.recent, made.under_way) == (3, 1, 0)
    in_it = {room.case(one).id for one in refs(3) if one != ref}
    assert {one.case_id for one in rows(room, RoundCaseRow) if one.round_id == made.id} == in_it


def test_what_was_begun_and_not_reviewed_is_drawn_again(room: Room) -> None:
    mona = begun(room, "cia", cases=1)
    under_review(room)
    looks(mona).presses("Stäng omgång")
    mona.presses("Stäng omgång", {mona.view.fields[0].id: "Akten gick inte att få fram"})  # type: ignore[union-attr]

    draws(mona, {"Namn": "Igen"}, twice=0).sees("Dragna slumpvis: 1.")
