"""Writes films: MP4, also while it grows, and transparent WebM."""
