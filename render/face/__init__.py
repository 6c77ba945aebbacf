"""Photo to avatar bundle."""
