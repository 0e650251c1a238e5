"""A large file comes in while people are at work: nobody waits for it, and a crash of the command leaves no half."""

import asyncio
import sqlite3
import sys
import time
from contextlib import closing
from pathlib import Path

import pytest

from tests.conftest import ROOT
from tests.waiting import until
from tests.wire.bot_process import Client, town
from tests.wire.door import TENANT

WORKERS = ("anna", "bo", "cleo", "dan", "eva", "filip", "gun", "hans")
LONGEST_WAIT = 1.0
"""Seconds a person may wait for an answer because of an import."""


def write_cases(file: Path, count: int) -> None:
    lines = [f"{TENANT},SN 2025/{number:05},Enhet (påhittad),2026-02-01,2026-02-10,nej,2" for number in range(count)]
    file.write_text("\n".join(["tenant_id,case_ref,unit,received_on,opened_on,violence,children", *lines]))


async def begin(client: Client, file: Path) -> asyncio.subprocess.Process:
    """Start the import on the bot's database."""
    return await asyncio.create_subprocess_exec(
        sys.executable,
        str(ROOT / "app.py"),
        "cases",
        "import",
        str(file),
        env=client.bot.environment,
        stdout=asyncio.subprocess.PIPE,
    )


async def counts(client: Client) -> tuple[int, int]:
    """Return the number of the file's cases that are stored, and of imports under way."""
    with closing(sqlite3.connect(f"file:{client.bot.folder / 'bot.db'}?mode=ro", uri=True)) as read:
        queries = ("select count(*) from cases where ref like 'SN 2025/%'", "select count(*) from import_job")
        cases, jobs = (read.execute(query).fetchone()[0] for query in queries)
        return cases, jobs


async def test_a_bot_brings_an_import_to_its_end_when_the_command_is_killed(tmp_path: Path) -> None:
    write_cases(tmp_path / "cases.csv", 120)
    async with town(tmp_path, "anna") as (anna,):
        command = await begin(anna, tmp_path / "cases.csv")
        await until("the first rows to be stored", lambda: counts(anna), lambda seen: seen[0])
        command.kill()
        await command.wait()
        await until("the bot to store the rest", lambda: counts(anna), lambda seen: seen == (120, 0))
        await anna.types("ny SN 2026/0001")
    assert "an import that was left unfinished is done" in (tmp_path / "bot.log").read_text(encoding="utf-8")


@pytest.mark.slow
async def test_nobody_waits_for_ten_thousand_rows(tmp_path: Path) -> None:
    waits: list[float] = []
    write_cases(tmp_path / "cases.csv", 10_000)

    async def works(client: Client, number: int) -> None:
        opened = 0
        while command.returncode is None:
            opened += 1
            began = time.monotonic()
            status, _ = await client.post(client.activity("message.text", text=f"ny SN 2026/{number}{opened:05}"))
            waits.append(time.monotonic() - began)
            assert status == 200
            await asyncio.sleep(1.0)

    async with town(tmp_path, *WORKERS) as people:
        command = await begin(people[0], tmp_path / "cases.csv")
        watch = asyncio.create_task(command.wait())
        await asyncio.gather(*(works(client, number) for number, client in enumerate(people, 1)))
        await watch
        assert await counts(people[0]) == (10_000, 0)

    waits.sort()
    assert waits[-1] < LONGEST_WAIT, f"p50 {waits[len(waits) // 2]:.3f} s, p95 {waits[int(0.95 * len(waits))]:.3f} s"
