"""The bot beside its peers: the same load, interleaved, on the same core, told as ratios (G1-G9)."""
