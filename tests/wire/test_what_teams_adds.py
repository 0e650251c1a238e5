"""What Teams sends beside a text: quotes, edits, reactions, files. Shapes as its clients send them."""

import json
from pathlib import Path
from typing import Any

import pytest

from bot.door.inbound import read_activity
from tests.wire.door import recorded
from tests.wire.in_process_bot import InProcessBot, activity

REPLY = (
    '<blockquote itemscope="" itemtype="http://schema.skype.com/Reply" itemid="1700000000123">\n'
    '<strong itemprop="mri" itemid="28:bot">Beslutskollen</strong><span itemprop="time" itemid="1"></span>\n'
    '<p itemprop="preview">Har barnet kommit till tals? Ja Nej</p></blockquote>\n'
    "<p>nej, barnet &auml;r tre</p><p>rad tv&aring;</p>"
)


def message(**changed: Any) -> Any:
    return read_activity(json.dumps(recorded("message.text") | changed).encode())


def test_a_quoting_reply_is_what_was_written_and_not_what_was_quoted() -> None:
    quoting = message(
        text="Har barnet kommit till tals? Ja Nej\nnej, barnet är tre",
        attachments=[{"contentType": "text/html", "content": REPLY}],
    )

    assert (quoting.quoted, quoting.said, quoting.brings_files) == (
        "1700000000123",
        "nej, barnet är tre\nrad två",
        False,
    )


def test_the_newer_form_of_a_quote_is_read_too() -> None:
    entity = {"type": "quotedReply", "quotedReply": {"messageId": "1700000000123", "preview": "Ja Nej"}}
    quoting = message(text='<quoted messageId="1700000000123"/> ja', entities=[entity])

    assert (quoting.quoted, quoting.said) == ("1700000000123", "ja")


@pytest.mark.parametrize(
    "attachments",
    [None, [], [{"contentType": "text/html", "content": "<p>ja</p>"}], [{"contentType": "text/html"}], [{"name": "x"}]],
)
def test_a_plain_message_quotes_nothing(attachments: Any) -> None:
    plain = message(text="ja", attachments=attachments)

    assert (plain.quoted, plain.said, plain.brings_files) == ("", "ja", False)


@pytest.mark.parametrize(
    "kind", ["image/png", "image/*", "application/vnd.microsoft.teams.file.download.info", "video/mp4"]
)
def test_a_file_or_a_picture_is_noticed(kind: str) -> None:
    assert message(attachments=[{"contentType": kind, "contentUrl": "https://example.invalid/x"}]).brings_files


def test_a_long_quote_takes_no_time() -> None:
    html = "<blockquote " * 5000 + "schema.skype.com/Reply " * 2000
    assert message(attachments=[{"contentType": "text/html", "content": html[:99_000]}]).quoted == ""


@pytest.mark.parametrize(
    "changed",
    [
        {"type": "messageUpdate", "channelData": {"eventType": "editMessage"}},
        {"type": "messageUpdate", "channelData": {"eventType": "undeleteMessage"}},
        {"type": "messageDelete"},
        {"type": "messageReaction", "reactionsAdded": [{"type": "like"}]},
        {"type": "message", "text": "", "attachments": [{"contentType": "image/png"}]},
    ],
)
async def test_what_teams_adds_is_taken_in_without_fault(tmp_path: Path, changed: dict[str, Any]) -> None:
    async with InProcessBot(tmp_path) as bot:
        status, _ = await bot.posts(activity("message.text", "anna") | changed)

    assert status == 200
