"""`draw`: repeats the draw of a round from an exported frame, without any database."""

import argparse
import io
from pathlib import Path

from bot.commandline.common import Stop, as_text, check_name, file_kind, output
from checklists.faults import Code, fault
from checklists.frame_file import COLUMNS, DRAW, NEEDED, NEW, redrawn


def add_commands(commands: "argparse._SubParsersAction[argparse.ArgumentParser]") -> None:
    """Add `draw` to the command line."""
    command = commands.add_parser("draw", help="repeat the draw of a round from its exported frame")
    command.add_argument("--frame", type=Path, required=True, metavar="FILE")
    command.add_argument("--out", type=Path, metavar="FILE")
    command.set_defaults(run=_draw)


def _draw(parsed: argparse.Namespace) -> None:
    from checklists.csv_in import read_csv
    from reports.csv_out import write_csv

    file_kind(parsed.out, "csv")
    check_name(parsed.frame)
    try:
        raw = parsed.frame.read_bytes()
    except OSError as error:
        raise Stop(fault(Code.CANNOT_READ, file=parsed.frame, why=error.strerror)) from None
    rows = read_csv(raw, COLUMNS, NEEDED)
    # A file of an earlier release is repeated with its own columns.
    columns = [name for name in COLUMNS if name not in NEW or name.encode() in raw.partition(b"\n")[0]]
    told = any(row.cells[name] for row in rows for name in DRAW)
    made = io.BytesIO()
    with as_text(made) as text:
        write_csv(text, columns, [[cells[name] for name in columns] for cells in redrawn(rows)])
    with output(parsed.out) as out:
        out.write(made.getvalue())
    if told and made.getvalue() != raw:
        raise Stop(fault(Code.DRAW_DIFFERS, file=parsed.frame.name))
