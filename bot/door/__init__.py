"""Checks every incoming activity passes before anything acts on it."""
