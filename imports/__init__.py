"""Imports from CSV files: the people register, cases, and answers."""
