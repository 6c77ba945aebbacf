"""Exercises and how their answers are judged.

An exercise is a YAML block in a lesson. Its right answer never leaves the server before it was
found or the tries are used up.
"""

from enum import StrEnum
from typing import Annotated, Any, Literal

from pydantic import BaseModel, BeforeValidator, ConfigDict, Field, field_validator, model_validator

from agent.lessons.answers import normalised, read_quantity, same_words


class _Model(BaseModel):
    model_config = ConfigDict(extra="forbid", frozen=True)


class _Words(_Model):
    """What is said, and what is shown of it.

    Attributes:
        say: Spoken; may hold tags.
        show: Markdown with formulas.
    """

    say: str = Field(min_length=1)
    show: str = Field(min_length=1)


def _same(words: Any) -> Any:
    if not isinstance(words, str):
        return words
    if "$" in words:
        raise ValueError("a formula cannot be read aloud: give both say and show")
    return {"say": words, "show": words}


Words = Annotated[_Words, BeforeValidator(_same)]
"""A text that is said and shown; or `say` and `show`, where they differ."""


class ExerciseVerdict(StrEnum):
    """What an answer is worth."""

    RIGHT = "right"
    WRONG = "wrong"
    UNIT = "unit"
    """The number may be right, but it is not said of what."""
    UNCLEAR = "unclear"
    """This is no answer to such a question; it costs no try."""


class _Exercise(_Model):
    ask: str = Field(min_length=1)
    hints: tuple[Words, ...] = Field(min_length=1)
    explanation: Words

    @property
    def tries(self) -> int:
        """How often one may answer: once, and once after each hint."""
        return len(self.hints) + 1


class ChoiceExercise(_Exercise):
    """One of several.

    Attributes:
        options: What there is to choose from, Markdown.
        answer: Number of the right one, from 1.
    """

    kind: Literal["choice"]
    options: tuple[str, ...] = Field(min_length=2, max_length=6)
    answer: int = Field(ge=1)

    @model_validator(mode="after")
    def _there(self) -> "ChoiceExercise":
        if self.answer > len(self.options):
            raise ValueError("there is no option of that number")
        return self

    @property
    def solution(self) -> str:
        """Markdown."""
        return self.options[self.answer - 1]

    def judge(self, answer: str, language: str) -> ExerciseVerdict:
        """Judges the number of an option, or its words."""
        words = [normalised(option) for option in self.options]
        said = normalised(answer)
        quantity = read_quantity(answer.casefold().replace("option", ""), language)
        if said in words:
            chosen = words.index(said) + 1
        elif quantity and not quantity.unit and 1 <= quantity.value <= len(words):
            chosen = int(quantity.value)
        else:
            return ExerciseVerdict.UNCLEAR
        return ExerciseVerdict.RIGHT if chosen == self.answer else ExerciseVerdict.WRONG


class NumberExercise(_Exercise):
    """A number, with a unit or without.

    Attributes:
        answer: The right number, of `unit`.
        tolerance: How far an answer may be from it.
        unit: What is asked for; empty where the number has none.
        units: How else units may be written, with how many of `unit` each is.
    """

    kind: Literal["number"]
    answer: float
    tolerance: float = Field(0.0, ge=0)
    unit: str = ""
    units: dict[str, float] = {}

    @field_validator("answer", "tolerance")
    @classmethod
    def _finite(cls, value: float) -> float:
        if abs(value) > 1e15 or value != value:
            raise ValueError("this must be an ordinary number")
        return value

    @property
    def solution(self) -> str:
        """Markdown."""
        return f"{self.answer:g} {self.unit}".strip()

    def judge(self, answer: str, language: str) -> ExerciseVerdict:
        """Judges a number with its unit."""
        quantity = read_quantity(answer, language)
        if quantity is None:
            return ExerciseVerdict.UNCLEAR
        factors = {name.casefold(): factor for name, factor in self.units.items()}
        factors[self.unit.casefold()] = 1.0
        factor = factors.get(quantity.unit.casefold())
        if factor is None:
            return ExerciseVerdict.UNIT
        distance = abs(quantity.value * factor - self.answer)
        return ExerciseVerdict.RIGHT if distance <= self.tolerance + 1e-9 else ExerciseVerdict.WRONG


class TextExercise(_Exercise):
    """A word or a few.

    Attributes:
        answers: Accepted ones; the first is shown as the solution.
    """

    kind: Literal["text"]
    answers: tuple[str, ...] = Field(min_length=1)

    @field_validator("answers")
    @classmethod
    def _words(cls, answers: tuple[str, ...]) -> tuple[str, ...]:
        if not all(normalised(answer) for answer in answers):
            raise ValueError("an accepted answer must have letters or digits")
        return answers

    @property
    def solution(self) -> str:
        """Markdown."""
        return self.answers[0]

    def judge(self, answer: str, language: str) -> ExerciseVerdict:
        """Judges words, but for slips."""
        if not normalised(answer):
            return ExerciseVerdict.UNCLEAR
        right = any(same_words(answer, accepted) for accepted in self.answers)
        return ExerciseVerdict.RIGHT if right else ExerciseVerdict.WRONG


Exercise = Annotated[ChoiceExercise | NumberExercise | TextExercise, Field(discriminator="kind")]


class AnyExercise(BaseModel):
    """Wraps the three kinds, to validate one of them."""

    model_config = ConfigDict(frozen=True)

    exercise: Exercise
