"""Which questions a year has shown to be of no use."""

import pytest

from checklists.list_length import reasons
from checklists.rates import Share

NONE = Share(0, 0)


@pytest.mark.parametrize(
    ("counts", "measures", "agreed", "why"),
    [
        ({"ja": 20}, NONE, NONE, ["same"]),
        ({"nej": 20, "nej_motiverat": 4, "obesvarad": 3}, NONE, NONE, ["same"]),
        ({"ja": 19}, NONE, NONE, []),
        ({"ja": 40, "nej": 1}, NONE, NONE, []),
        ({"ja": 40, "nej": 1}, Share(0, 5), NONE, ["no_measure"]),
        ({"ja": 40, "nej": 1}, Share(0, 4), NONE, []),
        ({"ja": 40, "nej": 1}, Share(1, 5), NONE, []),
        ({"ja": 9, "nej": 1}, Share(0, 50), NONE, []),
        ({"ja": 40, "nej": 1}, NONE, Share(10, 20), ["disagree"]),
        ({"ja": 40, "nej": 1}, NONE, Share(15, 20), []),
        ({"ja": 40, "nej": 1}, NONE, Share(0, 19), []),
        ({"ja": 20}, Share(0, 5), Share(10, 20), ["same", "no_measure", "disagree"]),
        ({"ej_tillampligt": 90}, Share(0, 5), NONE, []),
    ],
)
def test_why_a_question_is_proposed(counts: dict[str, int], measures: Share, agreed: Share, why: list[str]) -> None:
    assert [one.why for one in reasons(counts, measures, agreed)] == why
