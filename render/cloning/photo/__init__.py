"""Reads a photo and says why one cannot be used."""
