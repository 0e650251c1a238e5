"""Measures: from one Nej in three presses, everybody's own, and the register of findings."""
