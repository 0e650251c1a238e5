"""A line of the log, as the bot writes it: when, by UTC, about which request, and from what kind of address."""

import re
from pathlib import Path

import aiohttp
import pytest

from bot.logs import kind_of
from tests.browser.real_bot import RealBot, free_ports
from tests.wire.door import TENANT
from tests.wire.test_commands import PRODUCTION

LINE = re.compile(r"(?P<time>\S+) (?P<level>[A-Z]+) (?P<name>[\w.]+) (?P<request>\S+) (?P<source>\S+) (?P<said>.+)")
TIME = re.compile(r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3}[+-]\d\d:\d\d")
FROM_PROXY = "5d3c0f3e9d0b4c1f8a7e6d5c4b3a9a1f"


async def test_lines_have_the_offset_the_request_and_the_kind_of_address(tmp_path: Path) -> None:
    port, admin = free_ports(2)
    settings = PRODUCTION | {"BK_TENANTS": TENANT, "BK_OPENID_METADATA_URL": "https://127.0.0.1:9/none"}
    bot = RealBot(tmp_path, port, admin, settings, arguments=())
    await bot.start()
    try:
        async with aiohttp.ClientSession() as session:
            for headers in ({"X-Request-ID": FROM_PROXY}, {"X-Request-ID": "KANARIE KANARIE"}, {}, {}):
                async with session.post(f"{bot.url}/api/messages", json={}, headers=headers) as answer:
                    assert answer.status == 401
    finally:
        await bot.stop()
    written = (tmp_path / "bot.log").read_text(encoding="utf-8").splitlines()
    lines = [found for line in written if (found := LINE.fullmatch(line)) and not line.startswith("Beslutskollen")]

    assert all(TIME.fullmatch(line["time"]) for line in lines), written
    refused = [line for line in lines if "activity refused" in line["said"]]
    assert [line["source"] for line in refused] == ["loopback"] * 4
    named, foreign, *own = [line["request"] for line in refused]
    assert (named, foreign) == (FROM_PROXY, "-"), "what is no id is not written"
    assert len(set(own)) == 2
    assert all(re.fullmatch("[0-9a-f]{16}", one) for one in own)
    beside = [line for line in lines if "signing keys not fetched" in line["said"]]
    assert beside
    assert (beside[0]["request"], beside[0]["source"]) == ("-", "-"), "a loop's line is about no request"


@pytest.mark.parametrize(
    ("remote", "kind"),
    [("127.0.0.1", "loopback"), ("::1", "loopback"), ("10.1.2.3", "private"), ("8.8.8.8", "public"), (None, "-")],
)
def test_an_address_is_written_as_its_kind_only(remote: str | None, kind: str) -> None:
    assert kind_of(remote) == kind
