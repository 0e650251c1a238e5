"""The chef's dialogs, and who stands in for her."""
