"""The conversation and its server."""
