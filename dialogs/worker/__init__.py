"""The case worker's dialogs: opening a case, answering, the summary, details and closing."""
