"""A face filmed to a file: whose face, in front of what, in which format."""
