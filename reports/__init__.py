"""Figures and exports: everything that leaves the bot as a file, and the figures shown in chat."""
