"""Personas that people make: what they fill in, and where it is kept."""
