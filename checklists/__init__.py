"""The core: checklists and their rules, with no clock, no network and no database."""
