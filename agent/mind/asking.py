"""What kind of thing was said, by its wording alone.

Deterministic rules for English: repeat requests, questions that lean on the turn before, two
questions in one, and polite openings that carry no meaning.
"""

import re
from collections.abc import Sequence

from agent.mind.message import Message, last_text
from agent.mind.retrieval.words import content_words

_REPEAT = re.compile(
    r"^(sorry |pardon |excuse me |please |what )*"
    r"((can|could|would|will) you )?(please )?"
    r"(say (that|it|this)( once)? (again|more)|repeat( that| it| yourself| the (last )?answer)?"
    r"|say again|come again|once more|one more time|what did you (just )?say|what was that"
    r"|i (didn'?t|did not|couldn'?t|could not) (hear|catch|understand|get) "
    r"(you|that|it|what you said)"
    r"|pardon( me)?|(i )?beg your pardon|again|what)"
    r"( please| again| once more| for me)*$"
)
_OPENING = re.compile(
    r"^((well|so|okay|ok|oh|um|uh|er|hmm|ah|hey there|hi there|hello there|hey|hi|hello"
    r"|good (morning|day|afternoon|evening)|excuse me|sorry|pardon me|please|listen|alright"
    r"|all right|now)[\s,.!]+)+"
)
_POLITE = re.compile(
    r"^((can|could|would|will) you (please )?(tell|explain to|show) (me|us)|"
    r"(do|would) you (happen to )?know|i('d| would) (like|love) to know|i want to know|"
    r"i was wondering|i wonder|may i ask( you)?|can i ask( you)?|tell me)[\s,]+"
    r"(?=(what|which|who|whose|when|where|why|how|if|whether|is|are|do|does|can)\b)"
)
_LEANING = re.compile(
    r"^(and|but|or|also|what about|how about|then|so)\b"
    r"|\b(that|it|there|this|one|those|them|they|he|she|him|her)\b"
)
_QUESTION_WORD = (
    r"(what|which|who|whose|when|where|why|how|is|are|do|does|did|can|could|may|must|should|will)"
)
_JOINT = re.compile(
    rf"[?.]\s+(?={_QUESTION_WORD}\b)|,?\s+and\s+(also\s+)?(?={_QUESTION_WORD}\b)", re.I
)
_INTRODUCTION = re.compile(
    r"\b(?:my name is|my name's|i am called|call me)\s+([A-Za-zÀ-ÿ]{2,20})", re.I
)
_VERB = "(is|are|was|were|do|does|did|can|could|will|would|should|must|may)"
_REQUEST = re.compile(
    rf"^({_QUESTION_WORD}|tell|explain|describe|show|give|say|list|name|help|let me|any|anything)\b"
    r"|\b(tell|explain|show|help|know|wonder|wondering|ask|need|want|like to|love to|look(ing)? for"
    r"|interested|curious|question|you|your)\b"
    rf"|\b(what|which|who|when|where|why|how( much| many| long)?) {_VERB}\b"
    rf"|\b{_VERB} (i|it|we|there|this|that|they|the|a|an)\b"
)
"""What wants an answer, where the recogniser wrote no question mark."""
_LEANING_WORDS = 4
_PART_WORDS = 3
_REMARK_WORDS = 5


def is_repeat_request(text: str) -> bool:
    """Whether the person asks to hear the last answer again."""
    return bool(_REPEAT.match(_plain(text)))


def core(text: str) -> str:
    """Returns `text` without greetings and polite openings that come before the question."""
    stripped = _OPENING.sub("", text.strip().lower())
    stripped = _POLITE.sub("", stripped)
    if len(stripped.split()) < 2:
        return text.strip()
    return text.strip()[-len(stripped) :]


def parts(text: str) -> list[str]:
    """Returns the one or two questions that `text` asks."""
    joints = list(_JOINT.finditer(text))
    if len(joints) != 1:
        return [text]
    pieces = [text[: joints[0].start()], text[joints[0].end() :]]
    return pieces if min(len(piece.split()) for piece in pieces) >= _PART_WORDS else [text]


def clauses(text: str) -> list[str]:
    """Returns the clauses of `text`, the last first; none if it is a single one."""
    pieces = [piece.strip() for piece in re.split(r"[,.?!;]+", text)]
    long_enough = [piece for piece in pieces if len(piece.split()) >= _PART_WORDS]
    return long_enough[::-1] if len(pieces) > 1 else []


def in_context(turns: Sequence[Message], question: str) -> str | None:
    """Returns the question joined to the one before it, or None if it stands on its own."""
    before = last_text(turns, "user")
    if before is None:
        return None
    plain = _plain(question)
    short = len(content_words(plain)) <= 1 and len(plain.split()) <= _LEANING_WORDS
    if not short and not _LEANING.search(plain):
        return None
    if len(content_words(plain)) > _LEANING_WORDS:
        return None
    return f"{before.rstrip(' .?!')}, {plain}"


def is_bare(question: str) -> bool:
    """Whether a question says nothing by itself ("how much is that?", "and on Sunday?")."""
    plain = _plain(question)
    return not content_words(plain) or plain.startswith(("and ", "what about ", "how about "))


def is_remark(text: str) -> bool:
    """Whether something was told rather than asked: a whole sentence that wants no answer."""
    plain = _plain(text)
    long_enough = len(plain.split()) >= _REMARK_WORDS
    return long_enough and not text.rstrip().endswith("?") and not _REQUEST.search(plain)


def visitor_name(text: str) -> str | None:
    """Returns what the person called themselves, if they did."""
    match = _INTRODUCTION.search(text)
    return match.group(1).capitalize() if match else None


def _plain(text: str) -> str:
    return re.sub(r"\s+", " ", re.sub(r"[^\w\s']", " ", text.lower())).strip()
