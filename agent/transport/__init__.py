"""Ways to a client: one interface, no knowledge of speech."""
