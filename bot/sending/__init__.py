"""What goes out to the channel."""
