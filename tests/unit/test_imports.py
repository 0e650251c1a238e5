"""Import rules for app.py, which import contracts cannot cover because it belongs to no package."""

import ast
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
SQL = {"sqlalchemy", "sqlmodel", "sqlite3", "psycopg", "psycopg_pool", "alembic"}


def imported(source: str) -> set[str]:
    """Return the top-level names of all imports in a source, at any depth."""
    found: set[str] = set()
    for node in ast.walk(ast.parse(source)):
        if isinstance(node, ast.Import):
            found |= {name.name.partition(".")[0] for name in node.names}
        elif isinstance(node, ast.ImportFrom):
            found.add((node.module or "").partition(".")[0])
        elif isinstance(node, ast.Call) and getattr(node.func, "id", getattr(node.func, "attr", "")) in (
            "import_module",
            "__import__",
        ):
            found |= {str(part.value).partition(".")[0] for part in node.args if isinstance(part, ast.Constant)}
    return found


def test_app_names_no_sql() -> None:
    names = imported((ROOT / "app.py").read_text(encoding="utf-8"))

    assert "storage" in names, "the check looks at nothing"
    assert not names & SQL


def test_the_check_finds_imports_wherever_they_stand() -> None:
    source = "def f():\n    import sqlite3.dbapi2\n    from sqlmodel import Session\n    __import__('psycopg')\n"

    assert imported(source) == {"sqlite3", "sqlmodel", "psycopg"}
