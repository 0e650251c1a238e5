"""The chef's dialogs: reading, signing, and deputies."""
