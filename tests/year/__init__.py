"""A year in a minute: one seed is one municipality's year, simulated and checked step by step."""
