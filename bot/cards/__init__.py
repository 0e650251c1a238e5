"""Adaptive Cards 1.5, made from views by pure functions: one builder per view."""
