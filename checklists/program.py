"""What the program is called that whoever runs the server types."""

from pathlib import Path

ROOT = Path(__file__).resolve().parents[1]
IS_CHECKOUT = (ROOT / "pyproject.toml").is_file()
"""False when it was installed as a wheel: the code then lies among other libraries, and data never beside it."""
PROGRAM = "python app.py" if IS_CHECKOUT else "beslutskollen"
