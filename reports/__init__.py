"""What leaves the bot as files."""
