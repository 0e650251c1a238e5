"""What the chef meets, and who stands in for her."""
