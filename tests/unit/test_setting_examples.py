"""A refused setting shows how its value is written; no setting takes a personal number."""

import pytest

from checklists.faults import Refusal
from checklists.tenant_settings import DEFAULTS, EXAMPLES, NAMES, parse_setting, show_settings

SHOWN = {**show_settings(DEFAULTS), **EXAMPLES}


@pytest.mark.parametrize("name", NAMES)
def test_every_setting_has_an_example_and_takes_it(name: str) -> None:
    assert SHOWN[name]
    parse_setting(name, SHOWN[name])


@pytest.mark.parametrize("name", ["unread", "free_days", "office_opens", "content", "wheel"])
def test_a_wrong_value_is_refused_with_one_that_is_right(name: str) -> None:
    with pytest.raises(Refusal) as refused:
        parse_setting(name, "fel värde")

    assert f"{name}={SHOWN[name]}" in str(refused.value)


@pytest.mark.parametrize("name", ["municipality", "reasons"])
def test_a_personal_number_is_in_no_setting(name: str) -> None:
    with pytest.raises(Refusal, match="BK-351"):
        parse_setting(name, "640823-3234")


def test_a_personal_number_is_in_no_address() -> None:
    with pytest.raises(Refusal, match="BK-351"):
        parse_setting("out_of_hours", "640823-3234@kommunen.example")
