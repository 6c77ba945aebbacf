"""Lessons a tutor gives: their files, what is shown and said, and how answers are checked."""
