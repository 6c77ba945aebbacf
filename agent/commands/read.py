"""`visavis read`: what a voice would say of a text, piece by piece."""

from agent.errors import BadRequest
from agent.speech.voices import text as prepare


def read_aloud(text: str, language: str) -> str:
    """Returns the words as they are said, a line for each piece that is voiced at once.

    Raises:
        BadRequest: Nothing of the text can be said.
    """
    lines = [
        " ".join(word.spoken for word in prepare.words(piece, language))
        for piece in prepare.pieces(text, language)
    ]
    if not any(lines):
        raise BadRequest("Nothing of this text can be said.")
    return "\n".join(lines)
