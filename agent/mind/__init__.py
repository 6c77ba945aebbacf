"""Answers: language model, knowledge, persona."""
