"""What leaves the bot as files: beside the dialogs, on the storage."""
