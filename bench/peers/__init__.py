"""The bot compared with its peers: the same load, interleaved, on the same core, as ratios (G1-G9, G16)."""
