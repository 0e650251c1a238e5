"""The ordinary stop: no connection more is made, and none that was made is reset."""

import asyncio
import contextlib
import ctypes
import socket
import struct
import sys

from aiohttp import web

FINISH_SECONDS = 8.0
"""How long requests under way may take when the bot is stopped."""
ARRIVE_SECONDS = 1.0
"""How long a request may be on its way over a connection that was made before the stop."""
ARRIVE_LOOKS = 20
"""How often, while waiting so long, it looks whether any connection is left."""
HANDSHAKE_SECONDS = 0.2
"""How long a connection that was being made when the stop came may take until it is made and accepted."""
_SO_ATTACH_FILTER = 26
"""Linux, socket(7); Python has no name for it."""
_FLAGS_AT = 13
"""Where a TCP header has its flags. A listening socket's filter sees a packet from its TCP header on."""
_SYN, _ACK = 0x02, 0x10
_NO_NEW_CONNECTION = (
    (0x30, 0, 0, _FLAGS_AT),  # load the flags,
    (0x54, 0, 0, _SYN | _ACK),  # of them these two;
    (0x15, 0, 1, _SYN),  # SYN alone opens a connection:
    (0x06, 0, 0, 0),  # drop it,
    (0x06, 0, 0, 0xFFFFFFFF),  # and let everything else through
)


async def stop_accepting(listening: asyncio.Server, server: web.Server) -> None:
    """Accept no connection more, and let those made so far deliver their requests.

    Closing a listening socket resets what waits in its queue, and asyncio drops what it has accepted but not yet
    handed over. So the kernel is told first to drop what would open a connection, and the queue is left to run empty.
    Whoever tries meanwhile tries again a second later, and finds nobody listening. Where that cannot be
    (not Linux), a connection made in the moment of closing is reset.
    """
    for each in listening.sockets:
        _make_no_more(each)
    await asyncio.sleep(HANDSHAKE_SECONDS)
    listening.close()
    for _ in range(ARRIVE_LOOKS):
        if not server.connections:
            return
        await asyncio.sleep(ARRIVE_SECONDS / ARRIVE_LOOKS)


def _make_no_more(listening: socket.socket) -> None:
    """Let the kernel drop what would open a connection. What has begun is finished."""
    if sys.platform != "linux":
        return
    steps = ctypes.create_string_buffer(b"".join(struct.pack("HBBI", *step) for step in _NO_NEW_CONNECTION))
    option = struct.pack("HP", len(_NO_NEW_CONNECTION), ctypes.addressof(steps))
    with contextlib.suppress(OSError):  # a kernel that forbids it: the stop is as on other systems
        listening.setsockopt(socket.SOL_SOCKET, _SO_ATTACH_FILTER, option)
