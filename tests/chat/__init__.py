"""Whole conversations: turns in, replies out, on a real database, every card looked over."""
