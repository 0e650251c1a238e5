"""The printed page for the case file contains everything answered and signed, and is self-contained."""

import re
from datetime import date
from html import unescape
from html.parser import HTMLParser
from itertools import pairwise

import pytest

from checklists.lifecycle import State
from checklists.loader import checklist_version
from checklists.model import Written
from reports.printed import pages_of
from storage import answers
from storage.cases import KEPT_DATES
from storage.desk import Desk, Session
from storage.signatures import view_hash
from tests.sql.conftest import NOW, World, change, the_case, the_list
from tests.sql.printed_world import NASTY, REASON, fill_everything
from texts import say

DAY = date(2026, 11, 24)
BASIS = checklist_version("decision_basis", 1)


class Words(HTMLParser):
    """Parses a page into its text, and its elements with attributes."""

    def __init__(self) -> None:
        super().__init__()
        self.text: list[str] = []
        self.elements: list[tuple[str, dict[str, str | None]]] = []

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.elements.append((tag, dict(attrs)))

    def handle_data(self, data: str) -> None:
        if data.strip():
            self.text.append(data.strip())


def read(html: str) -> Words:
    words = Words()
    words.feed(html)
    return words


@pytest.fixture
def pages(desk: Desk, world: World) -> dict[str, str]:
    desk.run_now(lambda session: fill_everything(session, world))
    return printed(desk, world)


def printed(desk: Desk, world: World) -> dict[str, str]:
    return desk.run_now(lambda session: dict(pages_of(session, the_case(session, world), DAY)))


def test_every_filled_list_has_a_page_and_its_name_tells_no_more_than_row_ids(
    pages: dict[str, str], world: World
) -> None:
    workers = f"arende-{world.case}-decision_basis-1-barn-1-case_worker-{world.filled}.html"
    chefs = f"arende-{world.case}-decision_basis-1-barn-1-unit_manager-"

    first, second = pages
    assert first == workers
    assert second.startswith(chefs)
    assert not any("0001" in name for name in pages)


def test_all_there_is_to_a_list_stands_on_its_page(pages: dict[str, str]) -> None:
    said = "\n".join(read(next(iter(pages.values()))).text)

    for words in (
        *(item.ask for item in BASIS.asked["case_worker"]),
        *("SN 2026/0001", "Påhittade enheten", "Handläggare", "Utskriven till akten 2026-11-24"),
        *("Skyddade personuppgifter", "2020-09-10", "Avslutat", "2021-01-31", "Är det ett våldsärende?"),
        *(REASON, "Journal den 12 maj", NASTY, "Ja, delvis", "Motiveringen finns i akten"),
        *("Anna Påhitt", "2026-05-12 10:30"),
        *("Utredning, fyra månader till 2021-03-01: Synnerliga eller särskilda skäl", "Polisens förhör måste hållas"),
        *("Se över motiveringen.", "Gäller fråga 1"),
        *("Signerad av Christina Påhitt (Chef) 2026-05-12 10:30", "Signerad med brist", "Hälsokontrollen är begärd."),
        "Det som visades vid signeringen: Barn",
    ):
        assert words in said, words


def test_a_changed_answer_is_told_and_one_that_no_longer_counts_is_not_lost(pages: dict[str, str]) -> None:
    worker = next(iter(pages.values()))
    earlier = worker[worker.index("Tidigare svar") :].partition("</section>")[0]

    assert earlier.count("<tr>") == 2, "the header and the one answer that was changed"
    assert "Ja" in read(earlier).text
    assert "Ja. Räknas inte: frågan gäller inte längre" in unescape(worker)


def test_the_chefs_page_is_her_own_reading(pages: dict[str, str]) -> None:
    said = "\n".join(read(list(pages.values())[1]).text)

    assert "Chef, Christina Påhitt" in said
    assert REASON in said, "she signed with it before her"
    assert "Tidigare svar" not in said


def test_the_checksum_is_of_the_exact_text_beside_it(pages: dict[str, str]) -> None:
    page = next(iter(pages.values()))
    exact = re.search(r'<div class="exact">(.*?)</div>', page, re.DOTALL)

    assert exact is not None
    assert view_hash(unescape(exact[1])) in read(page).text


def test_what_someone_wrote_is_text_and_the_page_runs_and_fetches_nothing(pages: dict[str, str]) -> None:
    for html in pages.values():
        found = read(html).elements
        assert "default-src 'none'" in html
        assert "<script" not in html
        assert not [tag for tag, _ in found if tag in ("script", "link", "img", "iframe", "object", "form", "a")]
        assert not [name for _, attributes in found for name in attributes if name in ("src", "href", "onclick")]
        assert not re.search(r"url\(|@import|https?:", html)


def test_an_only_child_is_not_numbered_and_a_page_of_an_empty_list_says_so(desk: Desk, world: World) -> None:
    said = read(next(iter(printed(desk, world).values()))).text

    assert "Barn" not in said
    assert said.count("Obesvarad") + said.count("Ej tillämpligt") == len(BASIS.asked["case_worker"])


@pytest.mark.parametrize(
    "statement",
    ["update filled_checklist set file_part = 'made_up'", "update extension set reason_class = 'made_up'"],
)
def test_a_code_that_has_no_word_yet_does_not_hold_up_the_page(desk: Desk, world: World, statement: str) -> None:
    desk.run_now(lambda session: fill_everything(session, world))
    assert change(desk, statement)

    assert "made_up" in "\n".join(read(next(iter(printed(desk, world).values()))).text)


def test_every_date_that_is_kept_of_a_case_stands_on_the_page_under_its_name(desk: Desk, world: World) -> None:
    days = {name: date(2026, 1, number) for number, name in enumerate(KEPT_DATES, start=1)}

    def work(session: Session) -> None:
        for name, day in days.items():
            setattr(the_case(session, world), name, day)

    desk.run_now(work)

    said = read(next(iter(printed(desk, world).values()))).text
    for name, day in days.items():
        assert (say(f"printed.date_{name}", "sv"), day.isoformat()) in pairwise(said)


@pytest.mark.parametrize("state", State)
def test_every_state_of_a_list_has_its_word(desk: Desk, world: World, state: State) -> None:
    change(desk, "update filled_checklist set status = :state", state=state.value)

    said = read(next(iter(printed(desk, world).values()))).text
    assert say(f"printed.status_{state}", "sv") in said
    assert state.value not in said


def test_an_imported_answer_names_no_person(desk: Desk, world: World) -> None:
    def write(session: Session) -> None:
        answers.add(session, the_list(session, world), "child_heard", 1, Written("ja"), author=None, at=NOW, act="i")

    desk.run_now(write)

    assert "Inläst från fil" in "\n".join(read(next(iter(printed(desk, world).values()))).text)
