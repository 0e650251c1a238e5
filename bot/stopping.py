"""Graceful shutdown: no new connection is accepted, and none that has been made is reset."""

import asyncio
import contextlib
import ctypes
import socket
import struct
import sys

from aiohttp import web

FINISH_SECONDS = 8.0
"""Time that requests in progress get to finish when the bot is stopped."""
ARRIVE_SECONDS = 1.0
"""Time that clients get to send a request over a connection made before the stop."""
ARRIVE_LOOKS = 20
"""How many times during that wait it checks whether any connection is left."""
HANDSHAKE_SECONDS = 0.2
"""Time for a connection that was being set up when the stop came to be completed and accepted."""
_SO_ATTACH_FILTER = 26
"""Linux, socket(7); Python has no name for it."""
_FLAGS_AT = 13
"""Offset of the flags in a TCP header. A filter on a listening socket sees packets from their TCP header on."""
_SYN, _ACK = 0x02, 0x10
_NO_NEW_CONNECTION = (
    (0x30, 0, 0, _FLAGS_AT),  # load the flags
    (0x54, 0, 0, _SYN | _ACK),  # keep these two
    (0x15, 0, 1, _SYN),  # SYN alone opens a connection:
    (0x06, 0, 0, 0),  # drop it
    (0x06, 0, 0, 0xFFFFFFFF),  # let everything else through
)


async def stop_accepting(listening: asyncio.Server, server: web.Server) -> None:
    """Stop accepting connections, and let the existing ones deliver their requests.

    Closing a listening socket resets the connections in its queue, and asyncio drops those it has accepted but not yet
    handed over. So the kernel is first told to drop packets that would open a connection, and the queue is left to
    drain. A client that tries meanwhile retries after a second, and then finds nothing listening. Where this is not
    possible (outside Linux), a connection made at the moment of closing is reset.
    """
    for each in listening.sockets:
        _drop_new_connections(each)
    await asyncio.sleep(HANDSHAKE_SECONDS)
    listening.close()
    for _ in range(ARRIVE_LOOKS):
        if not server.connections:
            return
        await asyncio.sleep(ARRIVE_SECONDS / ARRIVE_LOOKS)


def _drop_new_connections(listening: socket.socket) -> None:
    """Make the kernel drop packets that would open a connection. Handshakes that have begun are completed."""
    if sys.platform != "linux":
        return
    steps = ctypes.create_string_buffer(b"".join(struct.pack("HBBI", *step) for step in _NO_NEW_CONNECTION))
    option = struct.pack("HP", len(_NO_NEW_CONNECTION), ctypes.addressof(steps))
    with contextlib.suppress(OSError):  # a kernel that forbids it: the stop is as on other systems
        listening.setsockopt(socket.SOL_SOCKET, _SO_ATTACH_FILTER, option)
