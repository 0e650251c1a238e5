"""Draws the app's two icons: `python manifest/draw_icons.py`. Change the mark here, never in the PNG files.

The mark is a sheet with three rows, the first one ticked. Teams requires `color.png` to be 192 x 192 pixels, opaque to
the edge, with the mark in the middle 120, and `outline.png` to be 32 x 32 pixels, white on transparent.
Source: Microsoft Teams app icon guidelines, "Design your Microsoft Teams app icons".
"""

import struct
import zlib
from collections.abc import Callable, Sequence
from math import hypot
from pathlib import Path

TRUECOLOUR_WITH_ALPHA = 6
FINE = 4  # samples per edge pixel, in each direction
HALF_DIAGONAL = 0.71  # of a pixel

Colour = tuple[int, int, int]
Distance = Callable[[float, float], float]
"""Distance from a point to a shape, in pixels; negative inside."""
Layer = tuple[Distance, Colour]

WHITE: Colour = (255, 255, 255)
PETROL: Colour = (24, 92, 104)
MIST: Colour = (168, 199, 203)


# --- shapes ------------------------------------------------------------------------------------------------


def sheet(left: float, top: float, right: float, bottom: float, corner: float) -> Distance:
    """Return a rectangle with rounded corners."""
    middle_x, middle_y = (left + right) / 2, (top + bottom) / 2
    half_x, half_y = (right - left) / 2 - corner, (bottom - top) / 2 - corner

    def distance(x: float, y: float) -> float:
        over_x, over_y = abs(x - middle_x) - half_x, abs(y - middle_y) - half_y
        return hypot(max(over_x, 0), max(over_y, 0)) + min(max(over_x, over_y), 0) - corner

    return distance


def line(start: tuple[float, float], end: tuple[float, float], width: float) -> Distance:
    """Return a straight line with round ends; a dot if start equals end."""
    along_x, along_y = end[0] - start[0], end[1] - start[1]
    length_squared = along_x**2 + along_y**2 or 1

    def distance(x: float, y: float) -> float:
        from_x, from_y = x - start[0], y - start[1]
        part = min(max((from_x * along_x + from_y * along_y) / length_squared, 0), 1)
        return hypot(from_x - part * along_x, from_y - part * along_y) - width / 2

    return distance


def border(shape: Distance, width: float) -> Distance:
    """Return the border of a shape, `width` pixels wide, drawn inwards."""
    return lambda x, y: abs(shape(x, y) + width / 2) - width / 2


# --- the two icons -----------------------------------------------------------------------------------------

COLOR: Sequence[Layer] = (
    (sheet(-1, -1, 193, 193, 0), PETROL),
    (sheet(48, 36, 144, 156, 14), WHITE),
    (line((69, 76), (84, 91), 12), PETROL),
    (line((84, 91), (120, 55), 12), PETROL),
    (line((70, 114), (70, 114), 11), MIST),
    (line((90, 114), (123, 114), 9), MIST),
    (line((70, 136), (70, 136), 11), MIST),
    (line((90, 136), (123, 136), 9), MIST),
)
OUTLINE: Sequence[Layer] = (
    (border(sheet(5, 2, 27, 30, 4), 2), WHITE),
    (line((10.5, 11), (14, 14.5), 2.2), WHITE),
    (line((14, 14.5), (21.5, 7), 2.2), WHITE),
    (line((11, 20), (11, 20), 2.6), WHITE),
    (line((15, 20), (21.5, 20), 2), WHITE),
    (line((11, 25), (11, 25), 2.6), WHITE),
    (line((15, 25), (21.5, 25), 2), WHITE),
)


def draw(size: int, layers: Sequence[Layer]) -> bytes:
    """Return the RGBA bytes of a square picture, row by row; later layers cover earlier ones."""
    return b"".join(_pixel(x, y, layers) for y in range(size) for x in range(size))


def _pixel(x: int, y: int, layers: Sequence[Layer]) -> bytes:
    middle = [(distance(x + 0.5, y + 0.5), colour) for distance, colour in layers]
    if all(abs(away) >= HALF_DIAGONAL for away, _ in middle):  # no edge in this pixel
        seen = [_topmost(middle)]
    else:
        steps = [(n + 0.5) / FINE for n in range(FINE)]
        points = [(x + across, y + down) for down in steps for across in steps]
        seen = [_topmost([(distance(*point), colour) for distance, colour in layers]) for point in points]
    painted = [colour for colour in seen if colour]
    if not painted:
        return bytes((*WHITE, 0))
    mixed = [round(sum(parts) / len(painted)) for parts in zip(*painted, strict=True)]
    return bytes((*mixed, round(255 * len(painted) / len(seen))))


def _topmost(layers: Sequence[tuple[float, Colour]]) -> Colour | None:
    return next((colour for away, colour in reversed(layers) if away <= 0), None)


def png(size: int, pixels: bytes) -> bytes:
    """Encode a square picture as PNG. Source: PNG specification, chapters 5, 9 (filter 0) and 11."""
    rows = b"".join(b"\0" + pixels[start : start + 4 * size] for start in range(0, len(pixels), 4 * size))
    head = struct.pack(">IIBBBBB", size, size, 8, TRUECOLOUR_WITH_ALPHA, 0, 0, 0)
    return b"\x89PNG\r\n\x1a\n" + _chunk(b"IHDR", head) + _chunk(b"IDAT", zlib.compress(rows, 9)) + _chunk(b"IEND", b"")


def _chunk(name: bytes, content: bytes) -> bytes:
    return struct.pack(">I", len(content)) + name + content + struct.pack(">I", zlib.crc32(name + content))


if __name__ == "__main__":
    folder = Path(__file__).parent
    (folder / "color.png").write_bytes(png(192, draw(192, COLOR)))
    (folder / "outline.png").write_bytes(png(32, draw(32, OUTLINE)))
