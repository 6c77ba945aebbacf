"""Marks, turns, percentiles, exporters. Imports nobody."""
