"""The case worker's dialogs."""
