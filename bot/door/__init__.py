"""What every activity passes before anything acts on it."""
