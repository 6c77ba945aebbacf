"""Reads a lesson's file.

A lesson is `prompts/lessons/<id>.md`: a YAML head between two `---` lines, then Markdown. Each
`# heading` begins a step; a block fenced as `say` is what the tutor says (`agent.lessons.script`),
one fenced as `exercise` is a question in YAML (`agent.lessons.exercises`), and the rest is what
the board shows (`agent.lessons.board`). Pictures lie in the folder `prompts/lessons/<id>/`.
Whatever is wrong is told with the file and the line.
"""

from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Any, TypeVar

import yaml
from markdown_it.token import Token
from pydantic import BaseModel, ValidationError

from agent.lessons.board import Board
from agent.lessons.errors import BadLesson, Fault
from agent.lessons.exercises import AnyExercise, ChoiceExercise
from agent.lessons.lesson import Drill, Lesson, LessonHead, Step
from agent.lessons.script import LessonScript, read_script

M = TypeVar("M", bound=BaseModel)
T = TypeVar("T")
PICTURES = "/v1/lessons/{lesson}/pictures/{name}"


def read_lesson(file: Path) -> Lesson:
    """Reads and checks one lesson.

    Raises:
        BadLesson: Something in it is not as it must be.
    """
    return _Reader(file).read()


class _Reader:
    """Reads one file.

    Args:
        file: The lesson's.
    """

    def __init__(self, file: Path) -> None:
        self._file = file
        self._pictures: dict[str, Path] = {}
        self._board = Board(self._address)
        self._drills = 0
        self._body = 0
        """Lines of the file before its Markdown."""

    def read(self) -> Lesson:
        """Reads it all."""
        try:
            text = self._file.read_text("utf-8")
        except UnicodeDecodeError:
            raise BadLesson(self._file, 1, "this is not UTF-8") from None
        parts = text.split("---\n", 2)
        if len(parts) < 3 or parts[0].strip():
            raise BadLesson(self._file, 1, "it must begin with a YAML head between two --- lines")
        head = self._validated(LessonHead, self._yaml(parts[1], 2), parts[1], 2)
        self._body = (parts[0] + parts[1]).count("\n") + 2
        if head.picture is not None:
            self._located(0, lambda: self._address(str(head.picture)))
        steps = [self._step(tokens) for tokens in self._cut(self._board.tokens(parts[2]))]
        if not steps:
            raise BadLesson(self._file, self._body + 1, "there is no step: a # heading begins one")
        return Lesson(self._file.stem, head, tuple(steps), self._pictures)

    def _cut(self, tokens: Sequence[Token]) -> list[list[Token]]:
        """Returns the blocks of each step, its heading first."""
        steps: list[list[Token]] = []
        for token in tokens:
            if token.type == "heading_open" and token.tag == "h1":
                steps.append([])
            if not steps:
                raise BadLesson(
                    self._file, self._line(token), "a # heading must come before anything else"
                )
            steps[-1].append(token)
        return steps

    def _step(self, tokens: list[Token]) -> Step:
        line = self._line(tokens[0])
        says = [token for token in tokens if _is_fence(token, "say")]
        asks = [token for token in tokens if _is_fence(token, "exercise")]
        if len(says) != 1 or len(asks) > 1:
            raise BadLesson(self._file, line, "a step has one say block and at most one exercise")
        script = self._located(self._line(says[0]) + 1, lambda: read_script(says[0].content))
        shown = [token for token in tokens[3:] if token not in says and token not in asks]
        board, marks = self._located(self._body + 1, lambda: self._board.render(shown))
        self._same_marks(script, marks, line)
        drill = self._drill(asks[0]) if asks else None
        return Step(tokens[1].content, script, board, drill)

    def _same_marks(self, script: LessonScript, shown: tuple[int, ...], line: int) -> None:
        said = {mark.number for mark in script.marks}
        if odd := sorted(said ^ set(shown)):
            where = "on the board" if odd[0] in said else "in what is said"
            raise BadLesson(self._file, line, f"mark {{{odd[0]}}} does not stand {where}")

    def _drill(self, block: Token) -> Drill:
        line = self._line(block) + 1
        content = self._yaml(block.content, line)
        wrapped = self._validated(AnyExercise, {"exercise": content}, block.content, line)
        exercise = wrapped.exercise
        self._drills += 1
        options = exercise.options if isinstance(exercise, ChoiceExercise) else ()
        return self._located(
            line,
            lambda: Drill(
                number=self._drills,
                exercise=exercise,
                ask=self._board.inline(exercise.ask),
                options=tuple(map(self._board.inline, options)),
                explanation=self._board.inline(exercise.explanation.show),
                hints=tuple(self._board.inline(hint.show) for hint in exercise.hints),
                solution=self._board.inline(exercise.solution),
            ),
        )

    def _address(self, name: str) -> str:
        path = self._file.with_suffix("") / name
        if not path.is_file():
            raise Fault(f"there is no picture {path.name} in {path.parent.name}/")
        self._pictures[name] = path
        return PICTURES.format(lesson=self._file.stem, name=name)

    def _line(self, token: Token) -> int:
        """Returns the line of the file a block begins at, from 1."""
        return self._body + 1 + (token.map[0] if token.map else 0)

    def _located(self, line: int, read: Callable[[], T]) -> T:
        """Returns what `read` returns; what it finds wrong is told with file and line."""
        try:
            return read()
        except Fault as fault:
            raise BadLesson(self._file, max(1, line + fault.line), fault.reason) from None

    def _yaml(self, text: str, line: int) -> dict[str, Any]:
        """Returns a YAML mapping that begins at `line`, from 1."""
        try:
            content = yaml.safe_load(text)
        except yaml.YAMLError as error:
            mark = getattr(error, "problem_mark", None)
            at = line + (mark.line if mark else 0)
            raise BadLesson(self._file, at, "this is not YAML") from None
        if not isinstance(content, dict):
            raise BadLesson(self._file, line, "this must be a YAML mapping")
        return content

    def _validated(self, model: type[M], fields: object, text: str, line: int) -> M:
        try:
            return model.model_validate(fields)
        except ValidationError as error:
            first = error.errors()[0]
            path = [str(part) for part in first["loc"]]
            at = line + _yaml_line(text, path)
            wrong = ".".join(path) or "this"
            raise BadLesson(self._file, at, f"{wrong}: {first['msg']}") from None


def _is_fence(token: Token, kind: str) -> bool:
    return token.type == "fence" and token.info.strip() == kind


def _yaml_line(text: str, path: Sequence[str]) -> int:
    """Returns the line of `text`, from 0, on which the value that `path` names begins."""
    node = yaml.compose(text, Loader=yaml.SafeLoader)
    line = 0
    for part in path:
        if isinstance(node, yaml.MappingNode):
            found = next(((k, v) for k, v in node.value if k.value == part), None)
            if found is not None:
                line, node = found[0].start_mark.line, found[1]
        elif isinstance(node, yaml.SequenceNode) and part.isdigit():
            node = node.value[int(part)]
            line = node.start_mark.line
    return line
