"""`python -m bench.one_export ours|floor DATABASE OUT DAYS`: measures one export of answers in a separate process.

`ours` uses the code of `export --what answers`. `floor` streams the same rows in the same order from a cursor to the
csv module: the most efficient SQL possible, but without rules, sealed texts or protection against formulas.
"""

import json
import sqlite3
import sys
from contextlib import closing
from datetime import timedelta
from importlib import import_module
from pathlib import Path
from typing import Any

from bench.measure import KEY, TRAIL, clock
from bench.town import FIRST
from checklists.loader import newest
from reports.selected import Selection

# SQLite does not reorder a cross join: it goes list by list along two indexes, sorting only a list's answers.
FLOOR = """
select t.entra_id, c.ref, f.checklist, f.role, f.child, a.item_id, a.choice, a.option, '', '',
    coalesce(a.answered_on, substr(a.at, 1, 10)), u.name, f.version, f.occasion, i.ask, a.revision
from filled_checklist f
cross join answer a on a.filled_id = f.id
join cases c on c.id = f.case_id
join unit u on u.id = f.unit_id
join tenant t on t.id = f.tenant_id
join item i on i.id = a.item_id
where not c.protected_identity and f.begun_at >= :first and f.begun_at < :before
    and not (a.choice = 'obesvarad' and a.raw is null)
    and not exists (
        select 1 from answer n where n.filled_id = a.filled_id and n.item_id = a.item_id and n.revision > a.revision
    )
order by f.id, i.place
"""
STATUS = Path("/proc/self/status")


def main() -> None:
    """Write the file, and print time and memory as JSON."""
    which, database, out, days = sys.argv[1:]
    selection = Selection(first=FIRST, last=FIRST + timedelta(int(days) - 1))
    print(json.dumps((_ours if which == "ours" else _floor)(database, Path(out), selection)))


def _ours(database: str, path: Path, selection: Selection) -> dict[str, float]:
    from bot.commandline.exports import write_rows
    from storage.desk import opened
    from storage.sealing import Keys

    with opened(f"sqlite:///{database}", Keys({"bench": KEY}, TRAIL)) as desk, path.open("wb") as out:
        assert desk.is_ready()
        for late in ("reports.answers", "reports.table", "reports.xlsx_out"):
            import_module(late)
        idle = _memory("VmRSS")
        cpu = clock(lambda: write_rows(desk.read_now, selection, out, "answers", "csv"))
    return {"cpu": cpu, "mib": _memory("VmHWM") - idle}


def _floor(database: str, path: Path, selection: Selection) -> dict[str, float]:
    import csv

    wanted = selection.wanted()
    days: dict[str, Any] = {"first": wanted.begun_from, "before": wanted.begun_before}
    days = {name: f"{at:%Y-%m-%d %H:%M:%S.%f}" for name, at in days.items()}
    with (
        closing(sqlite3.connect(f"file:{database}?mode=ro", uri=True)) as connection,
        path.open("w", encoding="utf-8", newline="") as out,
    ):
        connection.execute("create temp table item (id text primary key, place integer, ask text)")
        items = [(item.id, place, item.ask) for place, item in enumerate(newest("decision_basis").items)]
        connection.executemany("insert into item values (?, ?, ?)", items)
        idle = _memory("VmRSS")
        cpu = clock(lambda: csv.writer(out, delimiter=";").writerows(connection.execute(FLOOR, days)))
    return {"cpu": cpu, "mib": _memory("VmHWM") - idle}


def _memory(name: str) -> float:
    """Return this process's memory in MiB on Linux (VmRSS: current, VmHWM: peak); 0 on other systems."""
    lines = STATUS.read_text(encoding="ascii").splitlines() if STATUS.exists() else []
    return next((int(line.split()[1]) / 1024 for line in lines if line.startswith(name + ":")), 0.0)


if __name__ == "__main__":
    main()
