"""What the bot does in the background."""
