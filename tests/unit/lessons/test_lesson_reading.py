"""Lessons are read from files; what is wrong is told with the line."""

import re
from pathlib import Path

import pytest

from agent.lessons.errors import BadLesson
from agent.lessons.library import Lessons
from agent.lessons.reading import read_lesson
from agent.lessons.script import Line, ScriptMark, read_script
from agent.mind.persona.cues import letters, plain
from agent.settings import MindSettings

HEAD = """---
title: Sums
subject: Arithmetic
about: One and one.
minutes: 1
persona: tutor
---
"""
STEP = """
# One and one

```say
[happy] One {1} and one.
That is {2} two.
```

{1} $1 + 1$

{2} $= 2$
"""
EXERCISE = """
```exercise
kind: number
ask: What is $1 + 1$?
answer: 2
hints: [Count.]
explanation: One and one is two.
```
"""
SOUND = HEAD + STEP + EXERCISE


def lesson_file(folder: Path, text: str) -> Path:
    file = folder / "lessons" / "sums.md"
    file.parent.mkdir(parents=True, exist_ok=True)
    file.write_text(text, "utf-8")
    return file


def test_a_script_counts_letters_and_keeps_tags() -> None:
    script = read_script("[happy] One {1} and one.\n\nThat is {2} [nod] two.")
    assert script.lines == (Line("[happy] One and one.", 0), Line("That is [nod] two.", 9))
    assert script.marks == (ScriptMark(1, 3), ScriptMark(2, 15))
    assert script.letters == 18
    assert letters(plain(script.lines[0].text)) == script.lines[1].letters


def test_a_lesson_is_read(tmp_path: Path) -> None:
    lesson = read_lesson(lesson_file(tmp_path, SOUND))
    (step,) = lesson.steps
    assert (lesson.id, step.title) == ("sums", "One and one")
    assert [mark.number for mark in step.script.marks] == [1, 2]
    assert re.findall(r'data-mark="(\d)"', step.board) == ["1", "2"]
    assert step.drill is not None
    assert step.drill.number == 1
    assert "<math" in step.drill.ask


@pytest.mark.parametrize(
    ("old", "new", "line", "reason"),
    [
        ("---\ntitle", "title", 1, "YAML head"),
        ("minutes: 1", "minutes: soon", 5, "minutes"),
        ("minutes: 1", "minutes: 1\nlanguage: de", 2, "right must be given"),
        ("minutes: 1", "minutes: [", 7, "not YAML"),
        ("persona: tutor", "picture: none.svg\npersona: tutor", 1, "no picture none.svg"),
        ("# One and one", "Loose text.\n\n# One and one", 9, "heading"),
        ("```say", "```text", 9, "one say block"),
        ("{2} two", "two", 9, "mark {2} does not stand in what is said"),
        ("{2} $= 2$", "$= 2$", 9, "mark {2} does not stand on the board"),
        ("{2} two", "{1} two", 13, "mark {1} stands twice"),
        ("$= 2$", r"$\nosuch$", 18, "unknown command"),
        ("answer: 2", "answer: two", 23, "answer"),
        ("ask: What is $1 + 1$?", r"ask: $\frac{1$", 21, "braces"),
        ("hints: [Count.]", "hints: [Count., {say: x}]", 24, "hints.1.show"),
    ],
)
def test_what_is_wrong_is_told_with_its_line(
    tmp_path: Path, old: str, new: str, line: int, reason: str
) -> None:
    assert SOUND.count(old) >= 1
    file = lesson_file(tmp_path, SOUND.replace(old, new, 1))
    with pytest.raises(BadLesson, match=re.escape(reason)) as found:
        read_lesson(file)
    assert found.value.line == line
    assert f"sums.md:{line}:" in found.value.message


def test_a_lesson_needs_its_tutor(tmp_path: Path) -> None:
    lesson_file(tmp_path, SOUND)
    with pytest.raises(BadLesson, match="persona tutor"):
        Lessons(tmp_path)


def test_the_lessons_of_this_repository_are_sound() -> None:
    lessons = Lessons(MindSettings().prompts_dir)
    cards = lessons.listed()
    assert {"pythagoras", "how-a-face-speaks"} <= {card["id"] for card in cards}
    for card in cards:
        assert card["steps"] >= 6
        assert card["exercises"] >= 2
