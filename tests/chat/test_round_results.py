from tests.chat.closed_round import BOX, closed
from tests.chat.harness import Room
import time

def test_look(room: Room) -> None:
    ja = {BOX: "ja", "decision_motivation_clear": "ja"}
    t=time.process_time()
    closed(room, ["pia", "pia", "per", "per", "pim", "paul"] , [ja] * 6)
    print("CPU", time.process_time()-t)
