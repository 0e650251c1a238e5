"""Messages the bot sends unprompted: prompts and reminders."""
