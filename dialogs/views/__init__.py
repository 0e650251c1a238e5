"""Views: what a person sees, as plain data."""
