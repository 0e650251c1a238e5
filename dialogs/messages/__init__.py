"""What the bot says unasked: prompts and reminders."""
