"""Teams and HTTP. May use every layer below, but no SQL."""
