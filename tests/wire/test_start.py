"""What `serve` loads before it answers: nothing that only pages, workbooks, other commands or PostgreSQL need."""

import json
import subprocess
import sys

from tests.conftest import ROOT

NOT_FOR_A_TURN = {
    "alembic": "a schema that has to be brought up to date",
    "bot.commandline.doctor": "another command",
    "bot.commandline.exports": "another command",
    "jinja2": "the pages and the file of a list",
    "openpyxl": "tests only",
    "psycopg": "PostgreSQL",
    "storage.backup": "another command",
    "xlsxwriter": "workbooks",
}
AS_SERVE_DOES = """
import json, sys
sys.argv = ["app.py", "serve"]
import app
app._parser(to_serve=True).parse_args(["serve"])
import bot.admin_port, bot.metrics, bot.web
print(json.dumps(sorted(sys.modules)))
"""


def test_a_start_loads_nothing_that_no_turn_needs() -> None:
    ran = subprocess.run([sys.executable, "-c", AS_SERVE_DOES], cwd=ROOT, capture_output=True, text=True, check=True)
    loaded = set(json.loads(ran.stdout))

    assert {"bot.web", "bot.adapter", "storage.desk"} <= loaded
    assert {name: why for name, why in NOT_FOR_A_TURN.items() if name in loaded} == {}
