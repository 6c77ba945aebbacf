"""The faces one can talk to: the default people, and clones made from photos."""
