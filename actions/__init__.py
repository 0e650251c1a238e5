"""The use cases, and the only callers that write: each action stores what was done and returns its changes."""
