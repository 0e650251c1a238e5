"""What the case worker meets."""
