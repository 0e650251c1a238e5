"""The use cases, and the only callers that write: each action stores what is done and returns what it changed."""
