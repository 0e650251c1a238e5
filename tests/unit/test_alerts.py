"""The alert rules that are shipped ask for metrics the bot has, and for every reason to be degraded."""

import re
from pathlib import Path

import yaml

from bot.metrics import REASONS, Metrics

FILE = Path(__file__).resolve().parents[2] / "deploy" / "beslutskollen.rules.yaml"
RULES = yaml.safe_load(FILE.read_text(encoding="utf-8"))["groups"][0]["rules"]


def test_every_rule_asks_for_a_metric_there_is() -> None:
    families = set(re.findall(r"^# TYPE (\S+)", Metrics().text(None).decode(), re.MULTILINE))
    for rule in RULES:
        for name in re.findall(r"beslutskollen_\w+", rule["expr"]):
            assert name.removesuffix("_bucket") in families, (rule["alert"], name)


def test_every_reason_has_its_alert_and_every_alert_says_what_it_means() -> None:
    expressions = " ".join(rule["expr"] for rule in RULES)
    assert set(re.findall(r'beslutskollen_degraded\{reason="(\w+)"\}', expressions)) == set(REASONS)
    assert all(rule["annotations"]["summary"].endswith((".", "?")) for rule in RULES)
    assert len({rule["alert"] for rule in RULES}) == len(RULES)
