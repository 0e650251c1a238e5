"""Rounds of the unit's own review, for those who run them and for those who review."""
