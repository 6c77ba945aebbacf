"""When the person's turn begins and ends: one strategy a file, and the two that combine them."""
