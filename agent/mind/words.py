"""Words that carry meaning, cut to their stems. Imports nothing of this package."""

import re

_STOP = frozenset(
    "a an the is are was were be been being am do does did done have has had can could may might "
    "will would should shall must i me my mine you your yours we us our ours it its he she him "
    "her his they them their this that these those there here of to in on at for with from by as "
    "and or but if so then than what which who whom whose when where why how not no yes any some "
    "please tell about get got one ones thing things just very really also too much many long "
    "im ive id youre its dont cant s t re ve ll d m let lets like want need know say give make "
    "go come take use".split()
)
_SUFFIXES = ("ingly", "ings", "ing", "edly", "ied", "ed", "ies", "es", "s", "ly")


def content_words(text: str) -> list[str]:
    """Returns the stems of the words of `text` that carry meaning, in order."""
    words = re.findall(r"[a-zà-ÿ0-9]+", text.lower().replace("'", "").replace("’", ""))
    return [stem(word) for word in words if word not in _STOP]


def stem(word: str) -> str:
    """Returns `word` without its ending, so that forms of one word meet."""
    for suffix in _SUFFIXES:
        if word.endswith(suffix) and len(word) - len(suffix) >= 3:
            return word[: -len(suffix)].rstrip("iy") or word
    return word[:-1] if len(word) > 3 and word.endswith(("e", "y")) else word
