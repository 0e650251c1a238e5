"""One turn: who speaks, what she said, which dialog answers."""
