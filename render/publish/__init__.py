"""Writes MP4."""
