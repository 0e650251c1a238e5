"""Compare what the clients wrote down with what the database holds: `compare.py HISTORY EXPORT URL`; prints counts.

Knows nothing of the bot: the clients' own file, the export of the answers, and the rows by SQL.
"""

import csv
import json
import sqlite3
import sys
from collections import Counter
from pathlib import Path

_COUNT = """
select c.ref, a.item_id, count(*) from answer a join filled_checklist f on f.id = a.filled_id
join cases c on c.id = f.case_id group by c.ref, a.item_id, f.id, a.motivation_kind
"""


def rows(url: str, query: str) -> list[tuple[str, str, int]]:
    if url.startswith("sqlite:///"):
        database = sqlite3.connect(f"file:{url.removeprefix('sqlite:///')}?mode=ro", uri=True)
        if database.execute("pragma integrity_check").fetchone() != ("ok",):
            raise SystemExit("the file is damaged")
        return database.execute(query).fetchall()
    import psycopg

    with psycopg.connect(url) as server:
        return server.execute(query.encode()).fetchall()


def main(history: Path, export: Path, url: str) -> dict[str, int]:
    stored: dict[tuple[str, str], str] = {}
    named: dict[tuple[str, str], tuple[str, str]] = {}
    with export.open(encoding="utf-8-sig", newline="") as file:
        for row in csv.DictReader(file, delimiter=";"):
            for name in ("item", "question"):
                stored[row["case_ref"], row[name]] = row["answer"]
                named[row["case_ref"], row[name]] = row["case_ref"], row["item"]
    sent, acknowledged = Counter[tuple[str, str]](), dict[tuple[str, str], str]()
    for line in history.read_text(encoding="utf-8").splitlines():
        told = json.loads(line)
        for what, answer in told["answers"].items():
            key = told["ref"], what
            if told["what"] == "sent":
                sent[named.get(key, key)] += 1
            else:
                acknowledged[named.get(key, key)] = answer
    answers = {named[key]: answer for key, answer in stored.items()}
    counted = Counter[tuple[str, str]]()  # an answer, and the same with its motivation, are two revisions
    for ref, item, count in rows(url, _COUNT):
        counted[ref, item] = max(counted[ref, item], count)
    yes_or_no = {key: answer for key, answer in answers.items() if answer in ("ja", "nej")}
    of_clients = {key for key in yes_or_no if key in sent}
    return {
        "acknowledged": len(acknowledged),
        "missing": sum(answers.get(key) != answer for key, answer in acknowledged.items()),
        "doubled": sum(counted.get(key, 0) > count for key, count in sent.items()),
        "never_sent": len(set(yes_or_no) - set(sent) - _by_motivation(yes_or_no, set(sent))),
        "stored_unacknowledged": len(of_clients - set(acknowledged)),
    }


def _by_motivation(stored: dict[tuple[str, str], str], sent: set[tuple[str, str]]) -> set[tuple[str, str]]:
    """Return the questions that a motivation answers without a press: whether there is one."""
    return {(ref, item) for ref, item in stored if (ref, item) not in sent and item.endswith("_motivated")}


if __name__ == "__main__":
    sys.stdout.write(json.dumps(main(Path(sys.argv[1]), Path(sys.argv[2]), sys.argv[3])) + "\n")
