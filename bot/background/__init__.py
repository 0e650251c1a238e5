"""What the bot does by itself, besides answering."""
