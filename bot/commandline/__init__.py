"""The commands of `app.py`, one file per subject. They speak English (decision 0006)."""
