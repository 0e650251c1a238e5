"""What `serve` loads before it answers: nothing that only pages, workbooks, other commands or PostgreSQL need."""

import json
import os
import subprocess
import sys
from pathlib import Path

from tests.conftest import ROOT
from tests.migrated import put_database
from tests.wire.door import TENANT

NOT_FOR_A_TURN = {
    "alembic": "a schema that has to be brought up to date",
    "bot.commandline.doctor": "another command",
    "bot.commandline.exports": "another command",
    "bot.tab.routes": "the tab, where it is set up",
    "holidays": "tests only",
    "imports.steps": "files that are read in",
    "jinja2": "the pages and the file of a list",
    "openpyxl": "tests only",
    "psycopg": "PostgreSQL",
    "sqlalchemy.dialects.postgresql": "PostgreSQL",
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
UNTIL_IT_SERVES = """
import gc, sys
sys.argv = ["app.py", "serve"]
import app
was = gc.isenabled()
app.asyncio.run = lambda serving: (serving.close(), print(was, gc.isenabled(), gc.get_freeze_count() > 100_000))
app.main(["serve"])
"""


def test_a_start_loads_nothing_that_no_turn_needs() -> None:
    ran = subprocess.run([sys.executable, "-c", AS_SERVE_DOES], cwd=ROOT, capture_output=True, text=True, check=True)
    loaded = set(json.loads(ran.stdout))

    assert {"bot.web", "bot.adapter", "storage.desk"} <= loaded
    assert {name: why for name, why in NOT_FOR_A_TURN.items() if name in loaded} == {}


def test_garbage_is_not_looked_for_until_the_bot_has_started(tmp_path: Path) -> None:
    put_database(tmp_path / "bot.db")
    settings = {"BK_MODE": "dev", "BK_TENANTS": TENANT, "BK_DATABASE_URL": f"sqlite:///{tmp_path / 'bot.db'}"}
    words = [sys.executable, "-c", UNTIL_IT_SERVES]
    ran = subprocess.run(words, cwd=ROOT, env=os.environ | settings, capture_output=True, text=True, check=True)

    assert ran.stdout.split() == ["False", "True", "True"]
