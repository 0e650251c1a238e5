"""A whole decision basis over HTTP: what the bot answers, posts and updates, and that free text leaks nowhere."""

import csv
import io
import json
from pathlib import Path
from typing import Any

import pytest

from tests.chat.card_hand import actions, inputs, titles, words
from tests.wire.bot_process import Client, at_rest, content, town

REF = "SN 2026/0123"
FACTS = {
    "Är det ett våldsärende?": "Ja",
    "Är barnet placerat?": "Ja",
    "Beslutas om insats?": "Ja",
    "Har barnet kommunicerats?": "Nej",
}
INFORMED = {"Orosanmälan": "Ja", "Utredning": "Nej", "Insats": "Pågår", "Beslut": "Ja"}
CANARY = "kanariefågel"
EVENING = "2026-05-12T20:00:00+02:00"
"""Outside office hours, so that no sweep starts."""
EXPECTED = {
    "child_heard": ("nej", ""),
    "child_not_heard_motivated": ("ja", f"{CANARY} ett"),
    "child_informed_report": ("ja", ""),
    "child_informed_investigation": ("nej", f"Finns i akten: {CANARY} två"),
    "child_informed_intervention": ("pagaende", ""),
    "child_informed_decision": ("ja", ""),
    "communication_boxes_filled": ("ja", ""),
    "child_not_communicated_motivated": ("ja", f"{CANARY} tre"),
    "police_report_decided": ("ja", ""),
    "police_report_motivated": ("nej", ""),
    "health_check_done": ("pagaende", ""),
    "further_violence_risk_assessed": ("nej", ""),
}


async def answers(client: Client) -> dict[str, tuple[str, str]]:
    """Return the stored answers and motivations by item, as the command line exports them."""
    out = await client.bot.command("export", "--what", "answers")
    rows = list(csv.DictReader(io.StringIO(out), delimiter=";"))
    assert {(row["case_ref"], row["child"], row["role"]) for row in rows} == {(REF, "1", "case_worker")}
    return {row["item"]: (row["answer"], row["motivation"]) for row in rows}


async def whole_basis(client: Client, press: Any) -> None:
    """Answer every question, in various ways, up to the summary."""
    await press("Spara", FACTS)
    await press("Nej")
    await press("Spara", {"Motivering": f"{CANARY} ett"})
    await press("Spara", INFORMED)
    await press("Finns i akten", {"Var i akten": f"{CANARY} två"})
    await press("Ja")
    await press("Spara", {"Motivering": f"{CANARY} tre"})
    await press("Ja")
    await press("Motivering saknas")
    await press("Pågår")
    await press("Nej")
    assert "Sammanfattning" in client.text


def summary_is_posted(client: Client) -> bool:
    return "Sammanfattning" in said_in(client.posted[client.message])


def said_in(message: dict[str, Any]) -> str:
    return json.dumps(message, ensure_ascii=False)


async def test_a_whole_basis_by_presses_is_what_the_command_line_exports(tmp_path: Path) -> None:
    async with town(tmp_path, "anna") as (anna,):
        await anna.types(f"ny {REF}")
        await whole_basis(anna, anna.presses)
        stored = await answers(anna)
        first = anna.message

        await anna.connector.until("the summary", lambda: summary_is_posted(anna))
        posted = words(anna.posted[first]["attachments"][0]["content"])
        assert "motiverat i text" in posted
        assert CANARY not in posted
        assert CANARY in anna.text
        await anna.presses("Skicka till chef")
        assert "Chefen ser vad som saknas (2)." in anna.text
        await anna.connector.until("the summary to go", lambda: not summary_is_posted(anna))
        assert titles(anna.posted[first]["attachments"][0]["content"]) == ["Öppna"]

    assert stored == EXPECTED
    assert len(anna.posted) == 1, "a press posts no message"


async def test_a_whole_basis_by_an_older_clients_submits_is_the_same(tmp_path: Path) -> None:
    async with town(tmp_path, "anna") as (anna,):
        await anna.types(f"ny {REF}")
        await whole_basis(anna, anna.submits)

        assert await answers(anna) == EXPECTED
        assert len(anna.posted) == 1, "the card that was pressed is updated, none is added"


@pytest.mark.parametrize("platform", ["iOS", "Android"])
async def test_a_phone_gets_submits_and_each_press_updates_its_card_once(tmp_path: Path, platform: str) -> None:
    async with town(tmp_path, "anna") as (anna,):
        anna.platform = platform
        await anna.types(f"ny {REF}")

        async def presses(title: str, fields: dict[str, str] | None = None) -> None:
            assert {action["type"] for action in actions(anna.card)} == {"Action.Submit"}
            times, this = anna.connector.times, (anna.chat, anna.message)
            before = times[this]
            await anna.submits(title, fields)
            assert times[this] == before + 1

        await whole_basis(anna, presses)

        assert await answers(anna) == EXPECTED
        assert len(anna.posted) == 1, "the card that was pressed is updated, none is added"


async def test_a_whole_basis_in_typed_words_is_the_same(tmp_path: Path) -> None:
    async with town(tmp_path, "anna") as (anna,):
        lines = [
            "ja ja ja nej",
            f"nej, {CANARY} ett",
            "ja nej pågår ja",
            "ja",
            f"{CANARY} tre",
            "j",
            "n",
            "pågår",
            "nej",
        ]
        await anna.types(f"ny {REF}")
        for line in lines:
            await anna.types(line)
            if line.startswith("ja nej pågår"):
                await anna.presses("Finns i akten", {"Var i akten": f"{CANARY} två"})

        assert await answers(anna) == EXPECTED
        await anna.connector.until("a moved card", lambda: any("flyttad" in said_in(m) for m in anna.posted.values()))


async def test_a_refresh_changes_nothing_and_shows_her_what_is_hers(tmp_path: Path) -> None:
    async with town(tmp_path, "anna", "bo", BK_NOW=EVENING) as (anna, bo):
        await anna.types(f"ny {REF}")
        await anna.presses("Spara", FACTS)
        await anna.presses("Nej")
        await anna.types("formulär")
        await at_rest(tmp_path / "bot.db")
        before, card = content(tmp_path / "bot.db"), anna.card

        for _ in range(3):
            await anna.refreshes()
        assert content(tmp_path / "bot.db") == before
        assert set(inputs(anna.card)) == set(inputs(card))

        bo.card, bo.message = anna.card, anna.message
        await bo.refreshes()
        assert "Du kan inte använda det här kortet" in bo.said


async def test_pausing_empties_the_posted_card_and_the_chat_goes_on_there(tmp_path: Path) -> None:
    async with town(tmp_path, "anna") as (anna,):
        await anna.types(f"ny {REF}")
        await anna.presses("Spara", FACTS)
        await anna.presses("Pausa")
        await anna.connector.until("the paused card", lambda: "Pausad" in said_in(anna.posted[anna.message]))
        posted = anna.posted[anna.message]["attachments"][0]["content"]

        assert "Har barnet" not in words(posted)
        assert "refresh" not in posted
        anna.look(anna.message)
        await anna.presses("Fortsätt")
        assert "Har barnet kommit till tals under utredning?" in anna.text


async def test_after_a_restart_the_old_card_and_the_next_question_are_still_there(tmp_path: Path) -> None:
    async with town(tmp_path, "anna") as (anna,):
        await anna.types(f"ny {REF}")
        await anna.presses("Spara", FACTS)
        await anna.bot.kill()
        await anna.bot.start()

        await anna.presses("Nej")
        await anna.types(f"fortsätt {REF.lower()}")
        assert "finns en motivering till varför?" in anna.text


async def test_free_text_is_in_no_file_log_or_posted_card(tmp_path: Path) -> None:
    secrets = [f"{CANARY}{number}" for number in range(8)]
    number = "19121212-1212"
    async with town(tmp_path, "anna") as (anna,):
        await anna.types(f"ny {REF}")
        await anna.presses("Spara", FACTS)
        await anna.presses("Kommentera")
        await anna.presses("Spara", {"Kommentar": secrets[0]})
        await anna.types(f"nej, {secrets[1]}")
        await anna.types("ja nej ja ja")
        await anna.presses("Pausa", {"Motivering": secrets[2], "Var i akten": secrets[3]})
        await anna.types("fortsätt")
        await anna.presses("Spara", {"Motivering": f"{secrets[4]} {number}"})
        await anna.types(f"{secrets[5]} {number}")
        await anna.types("uppgifter")
        await anna.presses("Förläng")
        await anna.presses("Spara", {"Skäl": secrets[6]})
        broken = anna.activity("message.text", text=secrets[7], conversation="inte ett samtal")
        refused = await anna.post(broken)
        await anna.types("formulär")
        await anna.types("ändra")
        await anna.types("ändra 2")

        while_running = anna.bot.files()
        async with anna.session.get(f"http://127.0.0.1:{anna.bot.admin_port}/metrics") as answer:
            metrics = await answer.text()
        await anna.bot.stop()

    assert refused[0] == 400
    seen = while_running + anna.bot.files() + "".join([*anna.connector.bodies, metrics, str(refused)]).encode()
    for secret in [*secrets, number, number[2:], number[-4:] + " "]:
        assert secret.encode() not in seen
    assert REF.encode() in seen, "the test is looking in the wrong place"
