"""Web pages opened by one-time link."""
