"""Lessons a tutor gives: their files, what of them is shown and said, and how answers are checked.

Imports the errors and what parts spoken text from its tags (`agent.mind.cues`); knows no server
and no conversation.
"""
