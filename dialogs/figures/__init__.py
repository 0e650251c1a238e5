"""Figures in the chat: `rapport` and `exportera`."""
