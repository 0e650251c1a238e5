"""Pages people open by a link."""
