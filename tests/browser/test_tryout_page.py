"""The try-out page in a real browser, with a stub bot."""

import asyncio
import pathlib
import re
from collections.abc import AsyncIterator
from typing import Any

import pytest
import pytest_asyncio
from playwright.async_api import Browser, Locator, Page, expect

from tests.browser.eyes import axe_faults
from tests.browser.stub_bot import (
    ANNA,
    BO,
    CECILIA,
    PEOPLE,
    SUNDAY_NIGHT,
    MovedClock,
    StubBot,
    TryOut,
    card,
    execute,
    heading,
    message_with,
    text,
)
from tests.conftest import complaints_of
from tryout.channel import Person

Json = dict[str, Any]

pytestmark = [pytest.mark.browser, pytest.mark.asyncio(loop_scope="session")]

FORM = card(
    heading("Uppgifter"),
    text("Tomt betyder **okänt**.\n- en rad\n- en rad till", isSubtle=True),
    {
        "type": "Input.ChoiceSet",
        "id": "violence",
        "label": "Våld",
        "style": "expanded",
        "choices": [{"title": title, "value": title.lower()} for title in ("Ja", "Nej", "Vet inte")],
    },
    {
        "type": "Input.ChoiceSet",
        "id": "methods",
        "label": "Hur",
        "isMultiSelect": True,
        "choices": [{"title": title, "value": title} for title in ("samtal", "besök")],
    },
    {"type": "Input.ChoiceSet", "id": "unit", "label": "Enhet", "choices": [{"title": "Nord", "value": "n"}]},
    {"type": "Input.Toggle", "id": "protected", "title": "Skyddade personuppgifter", "label": "Skydd"},
    {"type": "Input.Date", "id": "planned", "label": "Planerat beslutsdatum"},
    {"type": "Input.Number", "id": "children", "label": "Antal barn", "value": 1},
    {"type": "Container", "style": "attention", "items": [text("**Luckor** saknas")]},
    {"type": "Container", "style": "good", "items": [text("Klart", color="good")]},
    {"type": "FactSet", "facts": [{"title": "Ärende", "value": "SN 2026/0123"}]},
    actions=(
        {**execute("Spara", "save"), "style": "positive"},
        {"type": "Action.Submit", "title": "Skicka in", "data": {"do": "send"}},
        {**execute("Pausa", "pause"), "style": "destructive", "associatedInputs": "none"},
        {"type": "Action.ShowCard", "title": "Visa mer", "card": card(text("Mer om detta"))},
    ),
)


@pytest.fixture
def bot() -> StubBot:
    return StubBot()


@pytest_asyncio.fixture(loop_scope="session")
async def tryout(bot: StubBot, tmp_path: pathlib.Path) -> AsyncIterator[TryOut]:
    server = TryOut(bot, tmp_path / "chats.jsonl", MovedClock(SUNDAY_NIGHT))
    await server.start()
    yield server
    await server.stop()


@pytest_asyncio.fixture(loop_scope="session")
async def wide(page: Page, tryout: TryOut) -> Page:
    """The page on a wide screen, where it opens with the first two people side by side."""
    await page.set_viewport_size({"width": 1400, "height": 860})
    await page.goto(tryout.url)
    return page


def chat(page: Page, person: Person) -> Locator:
    return page.get_by_role("region", name=person.name, exact=True)


def chats(page: Page) -> Locator:
    return page.get_by_role("group", name="Chattar", exact=True, include_hidden=True)


def button(where: Page | Locator, title: str) -> Locator:
    return where.get_by_role("button", name=title, exact=True)


def box(page: Page, person: Person) -> Locator:
    return chat(page, person).get_by_role("textbox", name="Skriv ett meddelande")


async def write(page: Page, person: Person, words: str) -> None:
    await box(page, person).fill(words)
    await box(page, person).press("Enter")


def is_press(activity: Json) -> bool:
    return activity["type"] == "invoke" and "trigger" not in activity["value"]


def is_refresh(activity: Json) -> bool:
    return activity["type"] == "invoke" and "trigger" in activity["value"]


def is_text(activity: Json) -> bool:
    return activity["type"] == "message" and "text" in activity


def ids(activities: list[Json]) -> list[str]:
    return [activity["id"] for activity in activities]


# --- chatting ---------------------------------------------------------------------------------------------------------


async def test_one_card_moves_through_three_questions_to_its_summary(wide: Page, bot: StubBot) -> None:
    anna = chat(wide, ANNA)
    await write(wide, ANNA, "ny")
    for done in range(3):
        await expect(anna.get_by_text(f"SN 2026/0123 · {done} av 3")).to_be_visible()
        await button(anna, "Ja").click()

    await expect(anna.get_by_role("heading", name="Sammanställning")).to_be_visible()
    await expect(anna.locator(".card")).to_have_count(1)
    assert len([activity for activity in bot.got if is_press(activity)]) == 3


async def test_nothing_is_fetched_from_anywhere_else(page: Page, tryout: TryOut) -> None:
    asked: list[str] = []
    page.on("request", lambda request: asked.append(request.url))
    await page.goto(tryout.url)
    await write(page, ANNA, "ny")
    await expect(chat(page, ANNA).locator(".card")).to_be_visible()

    elsewhere = [url for url in asked if not url.startswith((tryout.url, "data:"))]
    assert not elsewhere
    assert any(url.endswith("/tryout/adaptivecards.js") for url in asked)


async def test_enter_sends_and_shift_enter_makes_a_new_line(wide: Page, bot: StubBot) -> None:
    await box(wide, ANNA).press_sequentially("rad ett")
    await box(wide, ANNA).press("Shift+Enter")
    await box(wide, ANNA).press_sequentially("rad två")
    await box(wide, ANNA).press("Enter")

    assert (await bot.until(is_text))[0]["text"] == "rad ett\nrad två"
    await expect(box(wide, ANNA)).to_have_value("")


async def test_a_suggestion_is_sent_as_a_text_and_leaves_the_box_alone(wide: Page, bot: StubBot) -> None:
    await box(wide, ANNA).fill("halvskrivet")
    await button(chat(wide, ANNA), "mina ärenden").click()

    assert (await bot.until(is_text))[0]["text"] == "mina ärenden"
    await expect(box(wide, ANNA)).to_have_value("halvskrivet")


async def test_a_line_says_that_the_bot_writes_while_it_works(wide: Page, bot: StubBot) -> None:
    line = chat(wide, ANNA).get_by_text("Beslutskollen skriver")
    await bot.until(lambda activity: activity["type"] == "conversationUpdate", 2)
    await expect(line).to_be_hidden()
    bot.hold = asyncio.Event()
    await write(wide, ANNA, "hej")
    await expect(line).to_be_visible()
    bot.hold.set()

    await expect(line).to_be_hidden()


async def test_inputs_go_with_a_press_and_stay_away_when_they_do_not_belong(wide: Page, bot: StubBot) -> None:
    bot.replies["uppgifter"] = message_with(FORM)
    bot.answers = {verb: {"statusCode": 200} for verb in ("save", "pause")}
    anna = chat(wide, ANNA)
    await write(wide, ANNA, "uppgifter")
    await anna.get_by_role("radiogroup", name="Våld").get_by_role("radio", name="Nej").check()
    await anna.get_by_role("group", name="Hur").get_by_role("checkbox", name="samtal").check()
    await anna.get_by_role("group", name="Hur").get_by_role("checkbox", name="besök").check()
    await anna.get_by_label("Planerat beslutsdatum").fill("2027-03-22")
    await button(anna, "Spara").click()
    await bot.until(is_press, 1)
    await expect(anna.locator(".card")).to_have_attribute("aria-busy", "false")
    await button(anna, "Pausa").click()
    saved, paused = (activity["value"]["action"] for activity in await bot.until(is_press, 2))

    assert (saved["data"]["violence"], saved["data"]["methods"]) == ("nej", "samtal,besök")
    assert (saved["data"]["planned"], saved["data"]["protected"]) == ("2027-03-22", "false")
    assert paused == {"type": "Action.Execute", "title": "Pausa", "verb": "pause", "data": {}}


async def test_submit_sends_a_message_with_data_and_inputs(wide: Page, bot: StubBot) -> None:
    bot.replies["uppgifter"] = message_with(FORM)
    await write(wide, ANNA, "uppgifter")
    await chat(wide, ANNA).get_by_role("spinbutton", name="Antal barn").fill("2")
    await button(chat(wide, ANNA), "Skicka in").click()
    sent = (await bot.until(lambda activity: "value" in activity))[0]

    assert sent["type"] == "message"
    assert (sent["value"]["do"], str(sent["value"]["children"])) == ("send", "2")


async def test_a_card_within_a_card_can_be_opened(wide: Page, bot: StubBot) -> None:
    bot.replies["uppgifter"] = message_with(FORM)
    await write(wide, ANNA, "uppgifter")
    await expect(chat(wide, ANNA).get_by_text("Mer om detta")).to_be_hidden()
    await button(chat(wide, ANNA), "Visa mer").click()

    await expect(chat(wide, ANNA).get_by_text("Mer om detta")).to_be_visible()


async def test_an_answer_that_comes_late_does_not_take_the_focus(wide: Page, bot: StubBot) -> None:
    await write(wide, ANNA, "ny")
    await expect(chat(wide, ANNA).get_by_text("0 av 3")).to_be_visible()
    bot.hold = asyncio.Event()
    await button(chat(wide, ANNA), "Ja").click()
    await box(wide, CECILIA).focus()
    bot.hold.set()
    await expect(chat(wide, ANNA).get_by_text("1 av 3")).to_be_visible()

    await expect(box(wide, CECILIA)).to_be_focused()


async def test_a_second_press_waits_while_the_bot_works_on_the_first(wide: Page, bot: StubBot) -> None:
    await write(wide, ANNA, "ny")
    await expect(chat(wide, ANNA).get_by_text("0 av 3")).to_be_visible()
    bot.hold = asyncio.Event()
    await button(chat(wide, ANNA), "Ja").dblclick()
    await button(chat(wide, ANNA), "Nej").click()
    bot.hold.set()
    await expect(chat(wide, ANNA).get_by_text("1 av 3")).to_be_visible()

    assert len([activity for activity in bot.got if is_press(activity)]) == 1


async def test_an_answer_in_words_stands_below_the_card(wide: Page, bot: StubBot) -> None:
    bot.answers["answer"] = {
        "statusCode": 200,
        "type": "application/vnd.microsoft.activity.message",
        "value": "Sparat kl. 10:42",
    }
    await write(wide, ANNA, "ny")
    await button(chat(wide, ANNA), "Ja").click()

    await expect(chat(wide, ANNA).get_by_role("status")).to_have_text("Sparat kl. 10:42")
    await expect(chat(wide, ANNA).get_by_text("0 av 3")).to_be_visible()


async def test_text_from_the_bot_is_never_markup_but_bold_and_bullets(wide: Page, bot: StubBot) -> None:
    evil = '**fet** <img src=x onerror="document.title=1"> [a](javascript:1)\n- punkt <b>ett</b>'
    bot.replies["hej"] = {"type": "message", "text": evil}
    bot.replies["kort"] = message_with(card(text(evil)))
    for words in ("hej", "kort"):
        await write(wide, ANNA, words)
        shown = chat(wide, ANNA).locator(".message.bot").last
        await expect(shown.locator("strong")).to_have_text("fet")
        await expect(shown.get_by_role("listitem")).to_have_text("punkt <b>ett</b>")
        await expect(shown).to_contain_text('<img src=x onerror="document.title=1"> [a](javascript:1)')
        await expect(shown.locator("img, b, a")).to_have_count(0)


async def test_a_deleted_message_leaves_a_line(wide: Page, bot: StubBot) -> None:
    await write(wide, ANNA, "ny")
    await expect(chat(wide, ANNA).locator(".card")).to_be_visible()
    ny = (await bot.until(is_text))[0]
    await bot.connector("DELETE", ny, f"/{bot.posted[ANNA.user_id]}", {})

    await expect(chat(wide, ANNA).get_by_text("Meddelandet har tagits bort.")).to_be_visible()
    await expect(chat(wide, ANNA).locator(".card")).to_have_count(0)


# --- refresh and update -----------------------------------------------------------------------------------------------


async def test_after_a_reload_the_posted_card_is_shown_and_then_refreshed(wide: Page, bot: StubBot) -> None:
    anna = chat(wide, ANNA)
    await write(wide, ANNA, "ny")
    await button(anna, "Ja").click()
    await expect(anna.get_by_text("1 av 3")).to_be_visible()
    refreshes = len(await bot.until(is_refresh))
    bot.hold = asyncio.Event()
    await wide.reload()
    await expect(anna.get_by_text("0 av 3")).to_be_visible()
    await bot.until(is_refresh, refreshes + 1)
    bot.hold.set()

    await expect(anna.get_by_text("1 av 3")).to_be_visible()
    await expect(anna.get_by_text("0 av 3")).to_have_count(0)


async def test_a_card_that_is_to_be_refreshed_for_others_is_left_alone(wide: Page, bot: StubBot) -> None:
    bot.replies["deras"] = message_with(card(heading("Deras kort"), refresh_for=CECILIA.user_id))
    await write(wide, ANNA, "deras")
    await expect(chat(wide, ANNA).get_by_role("heading", name="Deras kort")).to_be_visible()
    await write(wide, ANNA, "ny")
    first = (await bot.until(is_refresh))[0]

    assert first["replyToId"] == bot.posted[ANNA.user_id]


async def test_what_the_bot_updates_changes_for_everyone_who_sees_it(
    wide: Page, chromium: Browser, tryout: TryOut, bot: StubBot
) -> None:
    await write(wide, ANNA, "ny")
    await expect(chat(wide, ANNA).get_by_text("0 av 3")).to_be_visible()
    other = await chromium.new_page(viewport={"width": 1400, "height": 860})
    await other.goto(tryout.url)
    await expect(chat(other, ANNA).get_by_text("0 av 3")).to_be_visible()
    for done in range(3):
        await expect(chat(wide, ANNA).get_by_text(f"{done} av 3")).to_be_visible()
        await button(chat(wide, ANNA), "Ja").click()

    await expect(chat(other, ANNA).get_by_role("heading", name="Sammanställning")).to_be_visible()


async def test_an_update_back_to_the_posted_card_is_shown_over_an_answer(wide: Page, bot: StubBot) -> None:
    first = message_with(card(heading("Första"), actions=(execute("Vidare", "on"),)))
    bot.replies["hej"] = first
    value = card(heading("Andra"))
    bot.answers["on"] = {"statusCode": 200, "type": "application/vnd.microsoft.card.adaptive", "value": value}
    await write(wide, ANNA, "hej")
    await button(chat(wide, ANNA), "Vidare").click()
    await expect(chat(wide, ANNA).get_by_role("heading", name="Andra")).to_be_visible()
    pressed = (await bot.until(is_press))[0]
    await bot.put(pressed, pressed["replyToId"], first)

    await expect(chat(wide, ANNA).get_by_role("heading", name="Första")).to_be_visible()


async def test_a_refresh_never_takes_away_what_she_is_filling_in(
    chromium: Browser, tryout: TryOut, bot: StubBot
) -> None:
    page = await chromium.new_page(viewport={"width": 1400, "height": 860})
    await page.goto(tryout.url)
    anna = chat(page, ANNA)
    await write(page, ANNA, "ny")
    await button(anna, "Ja").click()
    await anna.get_by_role("textbox", name="Kommentar").fill("halvskriven")
    bot.steps[ANNA.user_id] = 2
    bot.replies["ny"] = message_with(card(heading("Annat kort"), refresh_for=ANNA.user_id))
    await write(page, ANNA, "ny")
    refreshes = len(await bot.until(is_refresh, 2))
    await tryout.stop()
    await tryout.start()
    later = (await bot.until(is_refresh, refreshes + 1))[refreshes:]

    await expect(anna.get_by_role("textbox", name="Kommentar")).to_have_value("halvskriven")
    assert {activity["replyToId"] for activity in later}.isdisjoint({bot.posted[ANNA.user_id]})


async def test_a_refresh_that_comes_after_a_later_press_is_too_late(wide: Page, bot: StubBot) -> None:
    anna = chat(wide, ANNA)
    await write(wide, ANNA, "ny")
    await button(anna, "Ja").click()
    await expect(anna.get_by_text("1 av 3")).to_be_visible()
    refreshes = len(await bot.until(is_refresh))
    bot.hold, bot.holds = asyncio.Event(), is_refresh
    await wide.reload()
    await bot.until(is_refresh, refreshes + 1)
    for done in range(2):
        await expect(anna.get_by_text(f"{done} av 3")).to_be_visible()
        await button(anna, "Ja").click()
    await expect(anna.get_by_text("2 av 3")).to_be_visible()
    async with wide.expect_response("**/tryout/acts"):
        bot.hold.set()
    await write(wide, ANNA, "hej")
    await expect(anna.get_by_text("Jag hörde: hej")).to_be_visible()

    await expect(anna.get_by_text("2 av 3")).to_be_visible()


async def test_a_refresh_that_comes_late_leaves_what_she_has_begun_meanwhile(wide: Page, bot: StubBot) -> None:
    wish: Json = {"type": "Input.Text", "id": "wish", "label": "Önskemål"}
    bot.replies["hej"] = message_with(card(wish, refresh_for=ANNA.user_id))
    fresh = card(heading("Nyare kort"), refresh_for=ANNA.user_id)
    bot.answers["show_current"] = {
        "statusCode": 200,
        "type": "application/vnd.microsoft.card.adaptive",
        "value": fresh,
    }
    await write(wide, ANNA, "hej")
    await expect(chat(wide, ANNA).get_by_role("heading", name="Nyare kort")).to_be_visible()
    bot.hold = asyncio.Event()
    await wide.reload()
    await chat(wide, ANNA).get_by_role("textbox", name="Önskemål").fill("påbörjat")
    async with wide.expect_response("**/tryout/acts"):
        bot.hold.set()

    await expect(chat(wide, ANNA).get_by_role("textbox", name="Önskemål")).to_have_value("påbörjat")
    await expect(chat(wide, ANNA).get_by_role("heading", name="Nyare kort")).to_have_count(0)


# --- failures ---------------------------------------------------------------------------------------------------------


async def test_a_failed_press_keeps_card_and_inputs_and_is_tried_again_as_the_same(wide: Page, bot: StubBot) -> None:
    anna = chat(wide, ANNA)
    await write(wide, ANNA, "ny")
    await button(anna, "Ja").click()
    await anna.get_by_role("textbox", name="Kommentar").fill("Barnet är fyra månader")
    before = len(await bot.until(is_press))
    bot.refuse = {"invoke"}
    await button(anna, "Nej").click()
    await expect(anna.get_by_role("alert")).to_contain_text("Det gick inte fram. Kortet och det du har fyllt i")
    await expect(anna.get_by_role("textbox", name="Kommentar")).to_have_value("Barnet är fyra månader")
    bot.refuse = set()
    await button(anna, "Försök igen").click()

    await expect(anna.get_by_text("2 av 3")).to_be_visible()
    await expect(anna.get_by_role("alert")).to_have_count(0)
    failed, again = (await bot.until(is_press, before + 2))[before:]
    assert failed == again
    assert failed["value"]["action"]["data"]["comment"] == "Barnet är fyra månader"


async def test_a_refusal_in_the_bots_own_words_is_shown_as_they_are(wide: Page, bot: StubBot) -> None:
    problem = {"code": "BK-1", "message": "Ärendet är stängt."}
    bot.answers["answer"] = {"statusCode": 400, "type": "application/vnd.microsoft.error", "value": problem}
    await write(wide, ANNA, "ny")
    await button(chat(wide, ANNA), "Ja").click()

    await expect(chat(wide, ANNA).get_by_role("alert")).to_contain_text("Ärendet är stängt.")
    await expect(chat(wide, ANNA).get_by_text("0 av 3")).to_be_visible()


@pytest.mark.parametrize("how", ["button", "enter"])
async def test_a_failed_text_returns_to_the_box_and_is_resent_as_the_same_act(
    wide: Page, bot: StubBot, how: str
) -> None:
    bot.refuse = {"message"}
    await write(wide, ANNA, "vad saknas")
    await expect(chat(wide, ANNA).get_by_role("alert")).to_contain_text("Texten står kvar i rutan.")
    await expect(box(wide, ANNA)).to_have_value("vad saknas")
    await expect(chat(wide, ANNA).locator(".message")).to_have_count(0)
    bot.refuse = set()
    if how == "button":
        await button(chat(wide, ANNA), "Försök igen").click()
    else:
        await box(wide, ANNA).press("Enter")

    await expect(chat(wide, ANNA).get_by_text("Jag hörde: vad saknas")).to_be_visible()
    await expect(box(wide, ANNA)).to_have_value("")
    await expect(chat(wide, ANNA).get_by_role("alert")).to_have_count(0)
    assert len(set(ids(await bot.until(is_text, 2)))) == 1


async def test_a_text_that_fails_while_she_writes_another_stands_beside_it(wide: Page, bot: StubBot) -> None:
    bot.refuse, bot.hold = {"message"}, asyncio.Event()
    await write(wide, ANNA, "första")
    await box(wide, ANNA).fill("andra")
    bot.hold.set()
    await expect(chat(wide, ANNA).get_by_role("alert")).to_contain_text("”första”")
    await expect(box(wide, ANNA)).to_have_value("andra")
    bot.refuse = set()
    await button(chat(wide, ANNA), "Försök igen").click()

    await expect(chat(wide, ANNA).get_by_text("Jag hörde: första")).to_be_visible()
    await expect(box(wide, ANNA)).to_have_value("andra")


async def test_an_installation_that_fails_can_be_tried_again(page: Page, tryout: TryOut, bot: StubBot) -> None:
    bot.refuse = {"installationUpdate"}
    await page.set_viewport_size({"width": 800, "height": 800})
    await page.goto(tryout.url)
    await expect(chat(page, ANNA).get_by_role("alert")).to_contain_text("Inget har gått förlorat.")
    bot.refuse = set()
    await button(chat(page, ANNA), "Försök igen").click()

    await bot.until(lambda activity: activity["type"] == "conversationUpdate")
    await expect(chat(page, ANNA).get_by_role("alert")).to_have_count(0)


async def test_the_page_finds_the_bot_again_after_a_restart(chromium: Browser, tryout: TryOut, bot: StubBot) -> None:
    page = await chromium.new_page(viewport={"width": 1400, "height": 860})
    complaints = complaints_of(page)
    await page.goto(tryout.url)
    anna = chat(page, ANNA)
    await write(page, ANNA, "ny")
    await button(anna, "Ja").click()
    await anna.get_by_role("textbox", name="Kommentar").fill("kvar")
    await box(page, ANNA).fill("utkast")
    await tryout.stop()
    await expect(page.get_by_text("Ingen kontakt med boten just nu.")).to_be_visible()
    await button(anna, "Ja").click()
    await expect(anna.get_by_role("alert")).to_contain_text("Det gick inte fram.")
    await tryout.start()
    await expect(page.get_by_text("Ingen kontakt med boten just nu.")).to_have_count(0)
    await button(anna, "Försök igen").click()

    await expect(anna.get_by_text("2 av 3")).to_be_visible()
    await expect(box(page, ANNA)).to_have_value("utkast")
    assert bot.got[-1]["value"]["action"]["data"] == {"step": 1, "value": "ja", "comment": "kvar"} or is_refresh(
        bot.got[-1]
    )
    assert all("ERR_CONNECTION" in complaint for complaint in complaints), complaints


async def test_a_failed_press_can_be_tried_again_also_after_the_line_has_been_down(
    chromium: Browser, tryout: TryOut, bot: StubBot
) -> None:
    page = await chromium.new_page(viewport={"width": 1400, "height": 860})
    await page.goto(tryout.url)
    anna = chat(page, ANNA)
    await write(page, ANNA, "ny")
    await button(anna, "Ja").click()
    await expect(anna.get_by_text("1 av 3")).to_be_visible()
    bot.refuse = {"invoke"}
    await button(anna, "Ja").click()
    failed = (await bot.until(is_press, 2))[-1]
    await tryout.stop()
    bot.refuse = set()
    bot.replies["hej"] = message_with(card(heading("Annat kort"), refresh_for=ANNA.user_id))
    await tryout.start()
    await write(page, ANNA, "hej")
    await bot.until(lambda activity: is_refresh(activity) and activity["replyToId"] != bot.posted[ANNA.user_id])
    await button(anna, "Försök igen").click()

    await expect(anna.get_by_text("2 av 3")).to_be_visible()
    assert (await bot.until(is_press, 3))[-1] == failed


async def test_without_the_card_renderer_the_page_says_what_to_do(
    chromium: Browser, bot: StubBot, tmp_path: pathlib.Path
) -> None:
    server = TryOut(bot, tmp_path / "chats.jsonl", None)
    server.renderer = tmp_path / "not-installed.js"
    await server.start()
    page = await chromium.new_page()
    await page.goto(server.url)
    await write(page, ANNA, "ny")

    await expect(chat(page, ANNA).locator(".card")).to_contain_text("python3 dev.py setup")
    await server.stop()


async def test_a_half_written_text_survives_a_reload(wide: Page) -> None:
    await box(wide, CECILIA).fill("halvskrivet till chefen")
    await wide.reload()

    await expect(box(wide, CECILIA)).to_have_value("halvskrivet till chefen")


# --- people side by side ----------------------------------------------------------------------------------------------


async def test_two_people_chat_side_by_side_each_as_herself(wide: Page, bot: StubBot) -> None:
    await write(wide, ANNA, "från anna")
    await write(wide, CECILIA, "från cecilia")
    texts = {activity["from"]["name"]: activity["text"] for activity in await bot.until(is_text, 2)}

    assert texts == {ANNA.name: "från anna", CECILIA.name: "från cecilia"}
    await expect(chat(wide, ANNA).get_by_text("Jag hörde: från anna")).to_be_visible()
    await expect(chat(wide, CECILIA).get_by_text("Jag hörde: från cecilia")).to_be_visible()
    await expect(chat(wide, ANNA).get_by_text("från cecilia")).to_have_count(0)


async def test_one_to_three_columns_with_a_person_chosen_in_each(wide: Page) -> None:
    columns = chats(wide).get_by_role("region")
    await wide.get_by_role("button", name="Visa 3 bredvid varandra").click()
    await expect(columns).to_have_count(3)
    await columns.nth(2).get_by_role("combobox", name="Person i chatten").select_option("Eva Sagolik")
    await expect(chat(wide, PEOPLE[4])).to_be_visible()
    await columns.nth(2).get_by_role("combobox", name="Person i chatten").select_option("Anna Påhittad")
    await expect(columns.nth(2)).to_have_accessible_name("Anna Påhittad")
    await expect(columns.nth(0)).to_have_accessible_name("Eva Sagolik")
    await wide.set_viewport_size({"width": 1100, "height": 860})
    await expect(columns).to_have_count(2)
    await wide.set_viewport_size({"width": 900, "height": 860})
    await expect(columns).to_have_count(1)
    await wide.set_viewport_size({"width": 1400, "height": 860})
    await expect(columns).to_have_count(3)
    await wide.get_by_role("button", name="Visa 1 bredvid varandra").click()
    await expect(columns).to_have_count(1)


async def test_a_message_to_someone_out_of_view_is_marked_unread_until_it_is_seen(wide: Page, bot: StubBot) -> None:
    people = wide.get_by_role("navigation", name="Personer")
    bo = people.get_by_role("button", name=BO.name)
    mark = bo.get_by_text("Oläst")
    await wide.get_by_role("button", name="Visa 1 bredvid varandra").click()
    await bo.click()
    await write(wide, BO, "hej")
    await expect(chat(wide, BO).get_by_text("Jag hörde: hej")).to_be_visible()
    await people.get_by_role("button", name=CECILIA.name).click()
    await expect(mark).to_be_hidden()
    hello = next(activity for activity in bot.got if is_text(activity))
    await bot.post(hello, {"type": "message", "text": "Påminnelse"})
    await expect(mark).to_be_visible()
    await expect(wide).to_have_title("(1) Beslutskollen")
    await wide.reload()
    await expect(mark).to_be_visible()
    await bo.click()

    await expect(chat(wide, BO).get_by_text("Påminnelse")).to_be_visible()
    await expect(mark).to_be_hidden()
    await expect(wide).to_have_title("Beslutskollen")


async def test_a_chat_moved_between_columns_keeps_its_card_and_its_place(wide: Page, bot: StubBot) -> None:
    anna = chat(wide, ANNA)
    bot.replies["länge"] = {"type": "message", "text": "rad\n" * 80}
    await write(wide, ANNA, "länge")
    await write(wide, ANNA, "ny")
    await button(anna, "Ja").click()
    await anna.get_by_role("textbox", name="Kommentar").fill("kvar")
    await chat(wide, CECILIA).get_by_role("combobox", name="Person i chatten").select_option(ANNA.name)

    await expect(anna.get_by_role("textbox", name="Kommentar")).to_have_value("kvar")
    await expect(anna.get_by_text("1 av 3")).to_be_in_viewport()


@pytest.mark.parametrize("width", [1400, 400])
async def test_only_the_lines_of_a_chat_scroll_never_what_is_round_them(
    page: Page, tryout: TryOut, bot: StubBot, width: int
) -> None:
    await page.set_viewport_size({"width": width, "height": 700})
    await page.goto(tryout.url)
    if width == 400:
        await page.get_by_role("button", name=ANNA.name).click()
    bot.replies["länge"] = {"type": "message", "text": "rad\n" * 30}
    for said in range(1, 4):
        await write(page, ANNA, "länge")
        await expect(chat(page, ANNA).locator(".message")).to_have_count(2 * said)
        await expect(chat(page, ANNA).locator(".message").last).to_be_in_viewport()
        await expect(chat(page, ANNA).get_by_role("combobox")).to_be_in_viewport(ratio=1)
        await expect(box(page, ANNA)).to_be_in_viewport(ratio=1)
        scrolled = "[...document.querySelectorAll('*')].filter(e => e.scrollTop).map(e => e.getAttribute('role'))"
        assert set(await page.evaluate(scrolled)) <= {"log"}


async def test_on_a_narrow_screen_there_is_one_chat_at_a_time(page: Page, tryout: TryOut, bot: StubBot) -> None:
    await page.set_viewport_size({"width": 400, "height": 800})
    await page.goto(tryout.url)
    await expect(chats(page)).to_be_hidden()
    assert not bot.got
    await page.get_by_role("button", name=ANNA.name).click()
    await expect(page.get_by_role("navigation")).to_be_hidden()
    await expect(chats(page).get_by_role("region")).to_have_count(1)
    bot.replies["uppgifter"] = message_with(FORM)
    await write(page, ANNA, "uppgifter")
    await expect(button(chat(page, ANNA), "Spara")).to_be_visible()
    await page.reload()
    await expect(button(chat(page, ANNA), "Spara")).to_be_visible()
    sideways = "Math.max(...[...document.querySelectorAll('html, .log')].map(e => e.scrollWidth - e.clientWidth))"
    assert await page.evaluate(sideways) == 0
    await page.get_by_role("button", name="Tillbaka till personer").click()

    await expect(page.get_by_role("button", name=ANNA.name)).to_be_focused()
    await expect(chats(page)).to_be_hidden()


# --- accessibility ----------------------------------------------------------------------------------------------------


async def test_everything_can_be_done_from_the_keyboard(wide: Page) -> None:
    async def tab_to(locator: Locator, key: str = "Tab") -> None:
        for _ in range(30):
            await wide.keyboard.press(key)
            if await locator.evaluate("element => element === document.activeElement"):
                return
        raise AssertionError(f"{key} never came to {locator}")

    anna = chat(wide, ANNA)
    await expect(box(wide, ANNA)).to_be_visible()
    await tab_to(wide.get_by_role("link", name="Hoppa till chattarna"))
    await wide.keyboard.press("Enter")
    await tab_to(box(wide, ANNA))
    await wide.keyboard.type("ny")
    await wide.keyboard.press("Enter")
    await expect(anna.get_by_text("0 av 3")).to_be_visible()
    await tab_to(button(anna, "Ja"), "Shift+Tab")
    await wide.keyboard.press("Enter")
    await expect(anna.locator(".card")).to_be_focused()
    await tab_to(anna.get_by_role("textbox", name="Kommentar"))
    await wide.keyboard.type("skrivet för hand")
    await tab_to(button(anna, "Nej"))
    await wide.keyboard.press("Space")
    await expect(anna.get_by_text("2 av 3")).to_be_visible()
    await tab_to(button(anna, "Ja"))
    await wide.keyboard.press("Enter")

    await expect(anna.get_by_role("heading", name="Sammanställning")).to_be_visible()


async def test_new_lines_are_read_out(wide: Page) -> None:
    log = chat(wide, ANNA).get_by_role("log", name="Chatt mellan Anna Påhittad och Beslutskollen")
    await write(wide, ANNA, "hej")

    await expect(log).to_contain_text("Jag hörde: hej")


@pytest.mark.parametrize("width", [1400, 400])
@pytest.mark.parametrize("scheme", ["light", "dark"])
async def test_axe_finds_nothing_on_the_page_with_cards_and_failures(
    page: Page, tryout: TryOut, bot: StubBot, width: int, scheme: Any
) -> None:
    await page.emulate_media(color_scheme=scheme, reduced_motion="reduce")
    await page.set_viewport_size({"width": width, "height": 900})
    await page.goto(tryout.url)
    if width == 400:
        assert await axe_faults(page) == []
        await page.get_by_role("button", name=ANNA.name).click()
    bot.replies["uppgifter"] = message_with(FORM)
    await write(page, ANNA, "hej")
    await write(page, ANNA, "uppgifter")
    await button(chat(page, ANNA), "Visa mer").click()
    bot.refuse = {"invoke", "message"}
    await button(chat(page, ANNA), "Spara").click()
    await write(page, ANNA, "det här kommer inte fram")
    await expect(chat(page, ANNA).get_by_role("alert")).to_have_count(2)

    assert await axe_faults(page) == []
    if width == 1400:
        await button(page, "English").click()
        assert await axe_faults(page) == []


async def test_the_page_speaks_english_when_asked_and_the_bot_as_before(wide: Page) -> None:
    await write(wide, ANNA, "hej")
    await expect(chat(wide, ANNA).get_by_text("Jag hörde: hej")).to_be_visible()
    await button(wide, "English").click()
    await expect(wide.locator("html")).to_have_attribute("lang", "en")
    await expect(button(chat(wide, ANNA), "my cases")).to_be_visible()
    await expect(chat(wide, ANNA).locator(".day")).to_have_text("Today")
    await wide.reload()

    await expect(wide.locator("html")).to_have_attribute("lang", "en")
    await expect(chat(wide, ANNA).get_by_placeholder("Write a message")).to_be_visible()
    await expect(button(chat(wide, ANNA), "my cases")).to_be_visible()
    await expect(chat(wide, ANNA).get_by_text("Jag hörde: hej")).to_be_visible()
    words = await wide.locator("body").inner_text()
    assert not re.search(r"Skriv ett|Personer|Botens|I dag", words)


@pytest.mark.parametrize(("wish", "moving"), [("no-preference", 2), ("reduce", 0)])
async def test_nothing_moves_for_whoever_wants_it_still(wide: Page, bot: StubBot, wish: Any, moving: int) -> None:
    await wide.emulate_media(reduced_motion=wish)
    await write(wide, ANNA, "ny")
    await expect(chat(wide, ANNA).get_by_text("0 av 3")).to_be_visible()
    bot.hold = asyncio.Event()
    await button(chat(wide, ANNA), "Ja").click()
    await expect(chat(wide, ANNA).get_by_text("Beslutskollen skriver")).to_be_visible()

    assert await wide.evaluate("document.getAnimations().length") == moving
    bot.hold.set()


# --- the clock --------------------------------------------------------------------------------------------------------


async def test_the_clock_is_shown_and_moved(wide: Page, tryout: TryOut) -> None:
    assert tryout.clock is not None
    clock = wide.get_by_role("region", name="Botens klocka")
    await expect(clock).to_contain_text(re.compile("sön 22 nov. 2026 02:07"))
    await button(clock, "+1 timme").click()
    await expect(clock).to_contain_text("03:07")
    await button(clock, "Nästa arbetsdag 08:05").click()
    await expect(clock).to_contain_text(re.compile("mån 23 nov. 2026 08:05"))
    await write(wide, ANNA, "hej")
    await button(clock, "+1 dag").click()
    await expect(clock).to_contain_text(re.compile("tis 24 nov. 2026 08:05"))
    await write(wide, ANNA, "hej igen")

    await expect(chat(wide, ANNA).locator(".day")).to_have_text(["I går", "I dag"])


async def test_without_a_clock_to_move_there_is_no_control(page: Page, tmp_path: pathlib.Path, bot: StubBot) -> None:
    server = TryOut(bot, tmp_path / "chats.jsonl", None)
    await server.start()
    await page.goto(server.url)
    await expect(box(page, ANNA)).to_be_visible()
    await expect(page.locator("#clock")).to_be_hidden()
    await server.stop()
