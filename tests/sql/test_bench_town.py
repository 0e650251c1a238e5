"""The towns used for benchmarks: deterministic by seed, with regular figures, reusable between runs."""

from collections import Counter
from collections.abc import Sequence
from pathlib import Path

from bench.measure import YEAR, Towns, days_of_a_million_rows, new_desk
from bench.town import TEXT, fill
from reports.answers import COLUMNS, answer_rows
from storage import aggregates
from storage.desk import Desk, Session
from storage.recount import recount
from tests.sql.kept_figures import ALWAYS


def counted(folder: Path, name: str, seed: int) -> list[aggregates.Count]:
    def work(session: Session) -> list[aggregates.Count]:
        return aggregates.read(session, tenant, *ALWAYS, of="items")

    desk = new_desk(folder, name)
    tenant = fill(desk, 60, seed)
    assert desk.run_now(lambda session: recount(session, tenant, repair=True)).wrong > 0
    assert desk.run_now(lambda session: recount(session, tenant)).wrong == 0
    found = desk.run_now(work)
    desk.close()
    return found


def test_the_same_seed_is_the_same_town(tmp_path: Path) -> None:
    one, same, other = (counted(tmp_path, name, seed) for name, seed in (("a", 1), ("b", 1), ("c", 2)))

    assert one == same != other
    heard = {count.code: 0 for count in one}
    for count in one:
        heard[count.code] += count.n if count.item == "child_heard" else 0
    assert heard["ja"] + heard["nej"] + heard["obesvarad"] == 60


def test_the_town_with_sealed_motivations_has_the_same_answers(tmp_path: Path) -> None:
    def rows(desk: Desk) -> list[dict[str, str]]:
        def row(cells: Sequence[str]) -> dict[str, str]:
            return dict(zip(COLUMNS, cells, strict=True))

        return [row(cells) for cells in answer_rows(desk.read_now, YEAR)]

    towns = Towns(tmp_path, 40, 60, lambda _line: None)
    sealed, plain = rows(towns.sealed), rows(towns.small)
    towns.close()

    assert [row | {"motivation": ""} for row in sealed] == plain
    texts = Counter(row["motivation"] for row in sealed)
    assert set(texts) == {"", TEXT}
    assert 0 < texts[TEXT] < sum(row["answer"] == "nej" for row in sealed)


def test_a_town_that_is_there_is_used_again_and_a_half_made_one_is_not(tmp_path: Path) -> None:
    said: list[str] = []
    (tmp_path / "town20-half-made.db").write_bytes(b"cut short")
    for _ in range(2):
        towns = Towns(tmp_path, 20, 40, said.append)
        towns.copy(20, tmp_path / "copy.db")
        assert towns.large.is_ready()
        towns.close()

    assert [line.partition(":")[0] for line in said] == ["town20.db", "town40.db"]
    assert {path.name for path in tmp_path.glob("*.db")} >= {"town20.db", "town40.db", "copy.db"}


def test_the_days_measured_hold_about_a_million_answers() -> None:
    assert days_of_a_million_rows(10_000) == 365
    assert days_of_a_million_rows(1_000_000) == 35
