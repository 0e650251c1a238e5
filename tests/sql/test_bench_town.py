"""The town the figures are measured in: the same for the same seed, and counted like any other."""

from pathlib import Path

from bench.measure import new_desk
from bench.town import fill
from storage import rates
from storage.desk import Session
from storage.recount import recount
from tests.sql.test_rates import ALWAYS


def counted(folder: Path, name: str, seed: int) -> list[rates.Count]:
    def work(session: Session) -> list[rates.Count]:
        return rates.read(session, tenant, *ALWAYS, of="items")

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
