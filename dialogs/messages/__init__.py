"""What the bot says by itself: prompts and reminders."""
