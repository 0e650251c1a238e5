"""The core: checklists and their rules as pure functions, without clock, network or database."""
