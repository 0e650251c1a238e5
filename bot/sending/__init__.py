"""Sending to the channel."""
