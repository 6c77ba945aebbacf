"""Marks, turns, percentiles, exporters."""
