"""What a tutor says in a step, with the marks at which something appears on the board.

A `say` block has one sentence a line: at the beginning of a line the tutor can pick up again. `{2}`
before a word is mark 2; `[happy]` and the like move her face (`agent.mind.persona.cues`). Places
are counted in letters and digits, which every voice and every caption keeps.
"""

import re
from dataclasses import dataclass

from agent.lessons.errors import Fault
from agent.mind.persona.cues import letters, plain

LONGEST = 4_000
"""Characters that can be said at once (`agent.events.Speak`)."""
MARK = re.compile(r"\{(\d{1,2})\} ?")


@dataclass(frozen=True, slots=True)
class ScriptMark:
    """Where something appears.

    Attributes:
        number: Of the mark, as the author counts.
        letters: How many letters and digits of the step are said before it.
    """

    number: int
    letters: int


@dataclass(frozen=True, slots=True)
class Line:
    """A sentence.

    Attributes:
        text: What is said, with its tags, without its marks.
        letters: How many letters and digits of the step are said before it.
    """

    text: str
    letters: int


@dataclass(frozen=True, slots=True)
class LessonScript:
    """What is said in one step.

    Attributes:
        lines: At least one.
        marks: In the order they are reached.
        letters: Letters and digits of the whole.
    """

    lines: tuple[Line, ...]
    marks: tuple[ScriptMark, ...]
    letters: int


def read_script(block: str) -> LessonScript:
    """Reads the content of a `say` block.

    Raises:
        Fault: Nothing is said, a mark stands twice, or it is too long.
    """
    lines: list[Line] = []
    marks: list[ScriptMark] = []
    said = 0
    for number, row in enumerate(block.splitlines()):
        begin = said
        parts = MARK.split(row)
        said += letters(plain(parts[0]))
        for mark, text in zip(parts[1::2], parts[2::2], strict=True):
            if any(int(mark) == known.number for known in marks):
                raise Fault(f"mark {{{mark}}} stands twice in what is said", number)
            marks.append(ScriptMark(int(mark), said))
            said += letters(plain(text))
        if text := " ".join("".join([parts[0], *parts[2::2]]).split()):
            lines.append(Line(text, begin))
    if said == 0:
        raise Fault("nothing is said")
    if sum(len(line.text) + 1 for line in lines) > LONGEST:
        raise Fault(f"more than {LONGEST} characters are said at once")
    return LessonScript(tuple(lines), tuple(marks), said)
