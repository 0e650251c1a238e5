"""The admin's cards, and the monthly check of accesses."""
