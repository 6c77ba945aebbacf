"""Draws a bundle under a motion."""
