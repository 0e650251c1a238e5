"""Draws docs/pictures/architecture.svg from the imports in the code: `python3 docs/make_architecture.py`.

Packages and import arrows are read from the sources; positions and captions are set here. A package without a position,
or an import against the order of the layers, is an error. The output is deterministic, and a test compares it with the
committed picture.
"""

import ast
import sys
from collections.abc import Iterator
from functools import cache
from html import escape
from pathlib import Path
from typing import NamedTuple

ROOT = Path(__file__).resolve().parent.parent
PICTURE = ROOT / "docs" / "pictures" / "architecture.svg"
LAYERS = (("bot",), ("imports",), ("dialogs",), ("actions", "reports"), ("storage",), ("checklists",), ("texts",))
"""From top to bottom: imports go down, never up or sideways."""
WITH_ROOMS = ("bot", "dialogs")
WIDTH, HEIGHT = 1200, 1116
STYLE = """
svg { --paper: #ffffff; --ink: #1d2733; --soft: #5a6675; --line: #8a96a5; --layer: #f1f4f8; --room: #ffffff;
  --edge: #c3ccd7; --core: #e3f1ea; --core-edge: #5f9c80; --flow: #0b63b8; --on-flow: #ffffff; --outside: #fff6e3;
  --outside-edge: #d3a64d }
@media (prefers-color-scheme: dark) {
  svg { --paper: #12171e; --ink: #e8edf3; --soft: #a7b3c1; --line: #7f8c9b; --layer: #1b232d; --room: #253140;
    --edge: #3d4b5c; --core: #1d3a2e; --core-edge: #64a888; --flow: #74b6ff; --on-flow: #10202f; --outside: #382f1c;
    --outside-edge: #a98a4b }
}
text { font: 13px system-ui, "Segoe UI", "DejaVu Sans", sans-serif; fill: var(--soft) }
.name { font-weight: 700; font-size: 15px; fill: var(--ink) }
.room .name { font-size: 14px }
.title { font-weight: 700; font-size: 20px; fill: var(--ink) }
.paper { fill: var(--paper) }
.layer rect { fill: var(--layer); stroke: var(--edge) }
.room rect { fill: var(--room); stroke: var(--edge) }
.core rect { fill: var(--core); stroke: var(--core-edge); stroke-width: 2 }
.outside > * { fill: var(--outside); stroke: var(--outside-edge) }
.outside text { fill: var(--soft); stroke: none }
.outside .name { fill: var(--ink) }
.import { stroke: var(--line); stroke-width: 1.5; fill: none; marker-end: url(#import) }
.both { marker-start: url(#import) }
.flow { stroke: var(--flow); stroke-width: 2; fill: none; marker-end: url(#flow) }
.flow.both { marker-start: url(#flow) }
.import-head { fill: var(--line) }
.flow-head { fill: var(--flow) }
.step circle { fill: var(--flow) }
.step text { fill: var(--on-flow); font-weight: 700; font-size: 12px; text-anchor: middle }
"""


class Box(NamedTuple):
    """A box in the picture: position, size, name and caption."""

    x: int
    y: int
    width: int
    height: int
    name: str
    about: str = ""

    @property
    def right(self) -> int:
        """The x coordinate of its right edge."""
        return self.x + self.width

    @property
    def bottom(self) -> int:
        """The y coordinate of its bottom edge."""
        return self.y + self.height


LEFT, COLUMN, APART = 188, 180, 12
"""x of the first box, right of the layer's name; width of one of four boxes; gap between boxes."""
RIGHT = LEFT + 4 * COLUMN + 3 * APART + 16
LETTER = 7.4
"""Assumed width of a letter: text that would not fit in its box is an error."""


def _row(y: int, *rooms: tuple[str, str], height: int = 48) -> list[Box]:
    """Return boxes side by side that share the width."""
    width = (4 * COLUMN + 3 * APART - APART * (len(rooms) - 1)) // len(rooms)
    return [Box(LEFT + (width + APART) * at, y, width, height, *room) for at, room in enumerate(rooms)]


BOXES = {
    box.name: box
    for box in (
        Box(48, 148, RIGHT - 48, 220, "bot", "Teams and HTTP;\nthe SDK in one\nfile of it"),
        *_row(
            162,
            ("bot.door", "token, shape, tenant"),
            ("bot.sending", "limits and retries"),
            ("bot.pages", "one-time links"),
            ("bot.commandline", "app.py's commands"),
        ),
        *_row(234, ("bot itself", "web, adapter, turns"), ("bot.tab", "cards as pages, signed in")),
        *_row(
            306,
            ("bot.cards", "a view becomes an Adaptive Card"),
            ("bot.background", "outbox, reminders, figures, trail"),
        ),
        Box(572, 400, RIGHT - 572, 52, "imports", "what comes in as files"),
        Box(48, 484, RIGHT - 48, 216, "dialogs", "what is said:\na turn in,\na reply of plain\ndata out"),
        *_row(
            498,
            ("dialogs.worker", "cards and lists"),
            ("dialogs.chef", "reading, signing"),
            ("dialogs.figures", "reports in the chat"),
            ("dialogs.messages", "told and reminded"),
        ),
        *_row(
            570,
            ("dialogs.turn", "who is it, seen before, which"),
            ("dialogs.rounds", "the unit's own review"),
            height=46,
        ),
        *_row(
            640, ("dialogs.views", "what a person is shown, as data"), ("dialogs.admin", "people and units"), height=46
        ),
        Box(48, 732, 450, 52, "actions", "the only writers"),
        Box(510, 732, RIGHT - 510, 52, "reports", "what leaves as files and pages"),
        Box(48, 816, RIGHT - 48, 52, "storage", "one file per noun; the only place with SQL; free text is sealed"),
        Box(48, 900, RIGHT - 48, 52, "checklists", "the core: every rule as a pure function, the lists as data"),
        Box(48, 984, RIGHT - 48, 46, "texts", "every sentence, Swedish and English"),
    )
}
_COLUMNS = [LEFT + (COLUMN + APART) * at for at in range(4)]
OUTSIDE = {
    box.name: box
    for box in (
        Box(_COLUMNS[0], 60, 2 * COLUMN + APART, 56, "Teams", "or the try-out page (tryout/), which plays it"),
        Box(_COLUMNS[2], 60, COLUMN, 56, "Browser", "pages and files"),
        Box(_COLUMNS[3], 60, COLUMN, 56, "Operator", "at the command line"),
        Box(1008, 396, 176, 60, "Files in", "people, cases, ..."),
        Box(1008, 728, 176, 60, "Files out", "CSV, workbooks"),
        Box(1008, 808, 176, 68, "Database", "SQLite, PostgreSQL"),
    )
}
STEPS = (
    ("bot.door", "is it let in?"),
    ("bot itself", "the one transaction opens"),
    ("dialogs.turn", "who is it, seen before?"),
    ("dialogs.worker", "may she; is it still that card?"),
    ("actions", "asks the rules; what changed?"),
    ("storage", "the answer is kept"),
    ("dialogs.messages", "who is to hear of it?"),
    ("bot.cards", "the next view, as the response"),
)
"""The path of one press, as printed by `python3 dev.py trace -v`."""


# --- reading the code -------------------------------------------------------------------------------------------------


def place_of(module: str) -> str:
    """Return the box of a module: its package or subpackage; empty if it is not ours."""
    parts = module.split(".")
    if not any(parts[0] in layer for layer in LAYERS):
        return ""
    if parts[0] not in WITH_ROOMS:
        return parts[0]
    is_room = len(parts) > 1 and (ROOT / parts[0] / parts[1]).is_dir()
    return ".".join(parts[:2]) if is_room else "bot itself"


@cache
def imported(path: Path) -> frozenset[str]:
    """Return the full name of everything a source imports."""
    found: set[str] = set()
    for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
        if isinstance(node, ast.Import):
            found |= {alias.name for alias in node.names}
        elif isinstance(node, ast.ImportFrom) and node.module:
            found |= {f"{node.module}.{alias.name}" for alias in node.names}
    return frozenset(found)


def read_imports() -> set[tuple[str, str]]:
    """Return the imports between boxes, subpackages as well as whole packages.

    Raises: SystemExit: a package has no position in the picture, or an import goes against the order of the layers.
    """
    found: set[tuple[str, str]] = set()
    for path in sorted(path for layer in LAYERS for package in layer for path in (ROOT / package).rglob("*.py")):
        here = place_of(".".join(path.relative_to(ROOT).with_suffix("").parts))
        for name in imported(path):
            there = place_of(name)
            if there:
                found |= {(here, there), (_package(here), _package(there))}
    unplaced = {box for pair in found for box in pair} - set(BOXES)
    if unplaced:
        raise SystemExit(f"Give them a place in BOXES of docs/make_architecture.py: {', '.join(sorted(unplaced))}")
    height = {package: at for at, layer in enumerate(LAYERS) for package in layer}
    upwards = [
        f"{a} imports {b}"
        for a, b in sorted(found)
        if a in height and b in height and a != b and height[a] >= height[b]
    ]
    if upwards:
        raise SystemExit(f"An import goes down the layers, but: {', '.join(upwards)}")
    return found


def _package(box: str) -> str:
    return box.partition(".")[0].partition(" ")[0]


# --- drawing ----------------------------------------------------------------------------------------------------------


def draw() -> str:
    """Return the picture as SVG."""
    parts = [
        f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {WIDTH} {HEIGHT}" role="img" aria-labelledby="t d">',
        '<title id="t">How Beslutskollen is built</title>',
        '<desc id="d">Layers from the top: bot, imports, dialogs, actions beside reports, storage, checklists, texts. '
        "Imports go down. Outside: Teams, browser, operator, files, database.</desc>",
        f"<style>{STYLE}</style>",
        "<defs>"
        + "".join(
            f'<marker id="{kind}" viewBox="0 0 8 8" refX="7" refY="4" markerWidth="{size}" markerHeight="{size}" '
            f'markerUnits="userSpaceOnUse" orient="auto-start-reverse"><path class="{kind}-head" d="M0 0L8 4L0 8z"/>'
            "</marker>"
            for kind, size in (("import", 9), ("flow", 11))
        )
        + "</defs>",
        f'<rect class="paper" width="{WIDTH}" height="{HEIGHT}" rx="8"/>',
        '<text class="title" x="48" y="38">How Beslutskollen is built</text>',
        *_key(),
        *(_box(box) for box in BOXES.values()),
        *(_outside(box) for box in OUTSIDE.values()),
        *_imports(read_imports()),
        *_flows(),
        *_steps(),
        "</svg>",
    ]
    return "\n".join(parts) + "\n"


def _key() -> list[str]:
    return [
        f'<path class="import" d="M{_COLUMNS[1] + 60} 33H{_COLUMNS[1] + 96}"/>'
        + _words(_COLUMNS[1] + 106, 38, "imports; a layer may also import from further down", width=380),
        f'<path class="flow" d="M{_COLUMNS[3] + 96} 33H{_COLUMNS[3] + 132}"/>'
        + _words(_COLUMNS[3] + 142, 38, "data in and out", width=200),
    ]


def _box(box: Box) -> str:
    package, _, room = box.name.partition(".")
    inside = bool(_inside(box))
    kind = "room" if inside else "core" if box.name == "checklists" else "layer"
    name = room or (box.name if inside else f"{package}/")
    lines = [f'<g class="{kind}"><rect x="{box.x}" y="{box.y}" width="{box.width}" height="{box.height}" rx="6"/>']
    middle, number = box.y + box.height // 2 + 5, 30 if box.name in dict(STEPS) else 8
    if box.name in WITH_ROOMS:
        lines.append(_words(box.x + 16, box.y + 34, name, "name"))
        for at, about in enumerate(box.about.splitlines()):
            lines.append(_words(box.x + 16, box.y + 58 + 18 * at, about, width=LEFT - box.x - 16))
    elif box.width == COLUMN:
        lines.append(_words(box.x + 12, box.y + 20, name, "name"))
        lines.append(_words(box.x + 12, box.y + 38, box.about, width=box.width - 20))
    else:
        aside = 112 if inside or box.x > 48 else LEFT - box.x
        lines.append(_words(box.x + (12 if inside else 16), middle, name, "name"))
        lines.append(_words(box.x + aside, middle, box.about, width=box.width - aside - number))
    return "".join([*lines, "</g>"])


def _outside(box: Box) -> str:
    x, y, right, bottom = box.x, box.y, box.right, box.bottom
    if box.name == "Database":
        curve = f"{box.width // 2} 9 0 0"
        shape = (
            f'<path d="M{x} {y + 9}A{curve} 1 {right} {y + 9}V{bottom - 9}A{curve} 1 {x} {bottom - 9}Z"/>'
            f'<path d="M{x} {y + 9}A{curve} 0 {right} {y + 9}"/>'
        )
        y += 10
    else:
        shape = f'<rect x="{x}" y="{y}" width="{box.width}" height="{box.height}" rx="18"/>'
    about = _words(x + 16, y + 44, box.about, width=box.width - 28)
    return f'<g class="outside">{shape}{_words(x + 16, y + 25, box.name, "name")}{about}</g>'


def _words(x: int, y: int, text: str, kind: str = "", width: int = WIDTH) -> str:
    """Return a line of text. Raises: SystemExit: it does not fit into `width`."""
    if len(text) * LETTER > width:
        raise SystemExit(f"Too long for its place in the picture: {text}")
    named = f' class="{kind}"' if kind else ""
    return f'<text{named} x="{x}" y="{y}">{escape(text)}</text>'


def _imports(found: set[tuple[str, str]]) -> Iterator[str]:
    """Yield an arrow for each import between adjacent boxes; mutual imports share one with two heads."""
    for upper in BOXES.values():
        for lower in BOXES.values():
            if _inside(upper) != _inside(lower) or not 0 < lower.y - upper.bottom < 40:
                continue
            left, right = max(upper.x, lower.x), min(upper.right, lower.right)
            if left < right:
                x = (left + right) // 2
                yield from _arrow(found, upper, lower, f"M{x} {upper.bottom + 3}V{lower.y - 3}")
    bot, imports, dialogs = BOXES["bot"], BOXES["imports"], BOXES["dialogs"]
    x = (LEFT + imports.x) // 2
    yield from _arrow(found, bot, dialogs, f"M{x} {bot.bottom + 3}V{dialogs.y - 3}")
    door, sending = BOXES["bot.door"], BOXES["bot.sending"]
    yield from _arrow(found, sending, door, f"M{sending.x - 2} {door.y + 24}H{door.right + 2}")
    texts = BOXES["texts"]
    middle = texts.y + texts.height // 2
    for name, out, side in (("actions", BOXES["actions"].x, -24), ("reports", BOXES["reports"].right, 24)):
        box, at = BOXES[name], out + side
        step = 3 if side > 0 else -3
        path = f"M{out + step} {(box.y + box.bottom) // 2 + 14}H{at}V{middle}H{out + step}"
        yield from _arrow(found, box, texts, path)


def _inside(box: Box) -> str:
    return _package(box.name) if "." in box.name or " " in box.name else ""


def _arrow(found: set[tuple[str, str]], one: Box, other: Box, path: str) -> Iterator[str]:
    there, back = (one.name, other.name) in found, (other.name, one.name) in found
    if there:
        yield f'<path class="import{" both" if back else ""}" d="{path}"/>'
    elif back:
        start, _, end = path[1:].partition("V")
        x, y = start.split()
        yield f'<path class="import" d="M{x} {end}V{y}"/>'


def _flows() -> list[str]:
    teams, browser, operator = OUTSIDE["Teams"], OUTSIDE["Browser"], OUTSIDE["Operator"]
    door, sending, pages, commands = (BOXES[f"bot.{room}"] for room in ("door", "sending", "pages", "commandline"))
    half = COLUMN // 2
    flows = [
        _flow(f"M{door.x + half} {teams.bottom + 3}V{door.y - 3}", "both"),  # a press is answered in its response
        _flow(f"M{sending.x + half} {sending.y - 3}V{teams.bottom + 3}"),
        _flow(f"M{pages.x + half} {browser.bottom + 3}V{pages.y - 3}", "both"),
        _flow(f"M{commands.x + half} {operator.bottom + 3}V{commands.y - 3}"),
    ]
    for inner, outer, way in (
        ("imports", "Files in", "in"),
        ("reports", "Files out", "out"),
        ("storage", "Database", "both"),
    ):
        box, other = BOXES[inner], OUTSIDE[outer]
        y = (box.y + box.bottom) // 2 - (8 if inner == "reports" else 0)
        start, end = (other.x - 3, box.right + 3) if way == "in" else (box.right + 3, other.x - 3)
        flows.append(_flow(f"M{start} {y}H{end}", "both" if way == "both" else ""))
    return flows


def _flow(path: str, kind: str = "") -> str:
    return f'<path class="{f"flow {kind}".strip()}" d="{path}"/>'


def _steps() -> Iterator[str]:
    """Yield the path of one press: numbers in the boxes it passes through, and their legend at the bottom."""
    for at, (name, _) in enumerate(STEPS, 1):
        box = BOXES[name]
        yield _step(at, box.right - 16, box.y + (16 if box.width == COLUMN else box.height // 2))
    yield _words(64, 1067, "One press", "name")
    for at, (_, about) in enumerate(STEPS, 1):
        row, column = divmod(at - 1, 4)
        x, y = LEFT + 9 + column * 250, 1062 + row * 26
        yield _step(at, x, y) + _words(x + 18, y + 5, about, width=232)


def _step(number: int, x: int, y: int) -> str:
    return f'<g class="step"><circle cx="{x}" cy="{y}" r="9"/><text x="{x}" y="{y + 4}">{number}</text></g>'


if __name__ == "__main__":
    PICTURE.write_text(draw(), encoding="utf-8")
    sys.stdout.write(f"{PICTURE}\n")
