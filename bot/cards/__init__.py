"""Adaptive Cards 1.5, built from views by pure functions, one builder per view."""
