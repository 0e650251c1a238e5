"""The name of the program as typed on the server's command line."""

from pathlib import Path

ROOT = Path(__file__).resolve().parents[1]
IS_CHECKOUT = (ROOT / "pyproject.toml").is_file()
"""False if it was installed as a wheel: the code is then among other libraries, where data must not be put."""
PROGRAM = "python app.py" if IS_CHECKOUT else "beslutskollen"
