"""English sentences to be spoken for training, from texts that come with what is installed.

Some are prose (Python's own documentation, the prompts of this project), the others are made here:
questions, greetings and figures, and strings of words from a pronouncing dictionary, so that every
sound meets every other.
"""

import ast
import importlib.resources
import pydoc_data.topics
import re
import sysconfig
from pathlib import Path

import numpy as np

_PLAIN = re.compile(r"^[A-Z][A-Za-z,;'’ -]+[.?!]$")
_SHORTEST, _LONGEST = 18, 130

_TALK, _SALAD = 1400, 1100

_WHO = (
    "I", "we", "they", "my brother", "the old painter", "Barbara", "the museum", "her teacher",
    "somebody", "the people from the village", "Peter", "you", "five of them", "nobody",
)  # fmt: skip
_DID = (
    "bought", "would like", "forgot about", "probably broke", "never mentioned", "saw",
    "wanted to borrow", "photographed", "moved", "left behind", "talked about", "gave away",
    "believed in", "looked for", "opened", "wrapped up", "measured", "heard of",
)  # fmt: skip
_WHAT = (
    "the blue boat", "a cup of tea", "the whole story", "twelve purple flowers", "this machine",
    "an apple pie", "the map of the city", "a beautiful voice", "her new job", "some bread",
    "the bottom shelf", "a thousand books", "the weather", "those photographs", "my problem",
    "the museum shop", "four fresh fish", "a very small room", "the bus to Oxford",
)  # fmt: skip
_WHEN = (
    "yesterday", "before breakfast", "in the afternoon", "at half past three", "every summer",
    "on Monday morning", "when it was raining", "a long time ago", "for the first time",
    "without a word", "because of the music", "if that is possible",
)  # fmt: skip
_OPENERS = ("Well,", "Oh,", "Yes,", "No,", "Good morning,", "Thank you,", "Of course,", "Maybe,",
            "Hmm,", "You know,", "Please,", "Wow,", "I think,", "By the way,")  # fmt: skip
_QUESTIONS = ("Do you know why", "Would you believe that", "Can you imagine that",
              "Is it true that", "Who told you that", "How often was it that")  # fmt: skip


def prose(prompts: Path) -> list[str]:
    """Returns plain sentences of the packaged texts, in their order, each once."""
    texts = list(pydoc_data.topics.topics.values())
    texts += [path.read_text() for path in sorted(prompts.rglob("*.md"))]
    texts += _docstrings()
    found: dict[str, None] = {}
    for text in texts:
        joined = re.sub(r"\s+", " ", text)
        for sentence in re.split(r"(?<=[.?!])\s+(?=[A-Z])", joined):
            if _PLAIN.match(sentence) and _SHORTEST <= len(sentence) <= _LONGEST:
                found.setdefault(sentence)
    return list(found)


def _docstrings() -> list[str]:
    """Returns what the modules of Python's library say about themselves."""
    told = []
    for path in sorted(Path(sysconfig.get_path("stdlib")).glob("*.py")):
        for node in ast.walk(ast.parse(path.read_bytes())):
            if isinstance(node, ast.Module | ast.ClassDef | ast.FunctionDef):
                told.append(ast.get_docstring(node) or "")
    return told


def talk(random: np.random.Generator, count: int) -> list[str]:
    """Returns sentences of conversation, put together by chance."""

    def one(choices: tuple[str, ...]) -> str:
        return choices[int(random.integers(len(choices)))]

    made = []
    for _ in range(count):
        core = f"{one(_WHO)} {one(_DID)} {one(_WHAT)}"
        kind = random.uniform()
        if kind < 0.3:
            sentence = f"{core} {one(_WHEN)}."
        elif kind < 0.5:
            sentence = f"{one(_QUESTIONS)} {core} {one(_WHEN)}?"
        elif kind < 0.8:
            sentence = f"{one(_OPENERS)} {core}, and {one(_WHO)} {one(_DID)} {one(_WHAT)}."
        else:
            sentence = f"{one(_OPENERS)} {int(random.integers(2, 2100))} {one(_WHEN)}!"
        made.append(sentence[0].upper() + sentence[1:])
    return made


def vocabulary() -> list[str]:
    """Returns the words of a packaged pronouncing dictionary that are plain."""
    import pocketsphinx  # type: ignore[import-untyped]

    lexicon = importlib.resources.files(pocketsphinx) / "model/en-us/cmudict-en-us.dict"
    words = (line.split(" ", 1)[0] for line in lexicon.read_text().splitlines())
    return [word for word in words if re.fullmatch(r"[a-z]{3,10}", word)]


def salad(random: np.random.Generator, count: int) -> list[str]:
    """Returns strings of five to ten words, with a comma now and then."""
    words = vocabulary()
    made = []
    for _ in range(count):
        picked = [words[int(i)] for i in random.integers(len(words), size=random.integers(5, 11))]
        if random.uniform() < 0.4:
            picked[2] += ","
        made.append(" ".join(picked).capitalize() + ".")
    return made


def sentences(prompts: Path, seed: int = 0) -> list[str]:
    """Returns all sentences, shuffled."""
    random = np.random.default_rng(seed)
    everything = [*prose(prompts), *talk(random, _TALK), *salad(random, _SALAD)]
    return [everything[int(i)] for i in random.permutation(len(everything))]
