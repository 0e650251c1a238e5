"""Teams and HTTP: knows everything but SQL."""
