"""The conversation and its server. Imports `render`; never the other way."""
