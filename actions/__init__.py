"""The only writers: what is done, by whom, and what changed by it."""
