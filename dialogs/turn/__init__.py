"""One turn: who is speaking, what was said or pressed, and which dialog answers."""
