"""What a lesson is once it was read."""

from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

from pydantic import BaseModel, ConfigDict, Field, model_validator

from agent.lessons.exercises import ChoiceExercise, NumberExercise, TextExercise
from agent.lessons.script import LessonScript

RIGHT = ("[happy:0.6] That's right.", "[happy:0.6][nod] Exactly.", "[happy:0.7] Well done.")
WRONG = ("[concerned:0.3] Not quite.", "[concerned:0.3] Not yet.", "[thinking:0.4] Hmm, no.")
UNCLEAR = ("[thinking:0.4] I can't read that as an answer. Please try once more.",)
UNIT = ("[brows] Careful, your answer needs the right unit.",)
SOLUTION = ("[concerned:0.3] No, but never mind.",)


class LessonHead(BaseModel):
    """The YAML head of a lesson's file.

    Attributes:
        title: Of the lesson.
        subject: What it belongs to, a word or two.
        about: What one learns, a sentence.
        minutes: About how long it takes.
        language: BCP 47 tag of what is said and shown.
        persona: Who gives it: a file in `prompts/personas`.
        picture: Shown in the list; words for it are the title.
        right: Said after a right answer, one after the other.
        wrong: Said before a hint.
        unclear: Said where no answer was recognised.
        unit: Said where a unit is missing or is another one.
        solution: Said before the explanation of what was not found.
    """

    model_config = ConfigDict(extra="forbid", frozen=True)

    title: str = Field(min_length=1, max_length=80)
    subject: str = Field(min_length=1, max_length=40)
    about: str = Field(min_length=1, max_length=240)
    minutes: int = Field(ge=1, le=120)
    language: str = Field("en", pattern=r"^[a-z]{2,3}(-[A-Za-z0-9]{2,8})*$")
    persona: str = Field(pattern=r"^[a-z0-9_-]{1,64}$")
    picture: str | None = None
    right: tuple[str, ...] = Field(RIGHT, min_length=1)
    wrong: tuple[str, ...] = Field(WRONG, min_length=1)
    unclear: tuple[str, ...] = Field(UNCLEAR, min_length=1)
    unit: tuple[str, ...] = Field(UNIT, min_length=1)
    solution: tuple[str, ...] = Field(SOLUTION, min_length=1)

    @model_validator(mode="after")
    def _in_one_language(self) -> "LessonHead":
        own = {"right", "wrong", "unclear", "unit", "solution"}
        if not self.language.startswith("en") and (missing := own - self.model_fields_set):
            raise ValueError(f"in {self.language}, {sorted(missing)[0]} must be given, too")
        return self


@dataclass(frozen=True, slots=True)
class Drill:
    """An exercise as it is shown.

    Attributes:
        number: From 1, through the lesson.
        exercise: With its answer; stays on the server.
        ask: HTML.
        options: HTML of each, of a choice.
        explanation: HTML.
        hints: HTML of each.
        solution: HTML.
    """

    number: int
    exercise: ChoiceExercise | NumberExercise | TextExercise
    ask: str
    options: tuple[str, ...]
    explanation: str
    hints: tuple[str, ...]
    solution: str


@dataclass(frozen=True, slots=True)
class Step:
    """A page of the board.

    Attributes:
        title: Plain text.
        script: What is said.
        board: HTML; what has `data-mark` appears at that mark of the script.
        drill: The exercise at its end, if there is one.
    """

    title: str
    script: LessonScript
    board: str
    drill: Drill | None


@dataclass(frozen=True, slots=True)
class Lesson:
    """A lesson.

    Attributes:
        id: The file's name without ending.
        head: What its head says.
        steps: At least one.
        pictures: Files by the names they have on the board.
    """

    id: str
    head: LessonHead
    steps: tuple[Step, ...]
    pictures: Mapping[str, Path]

    def drill(self, number: int) -> Drill | None:
        """Returns exercise `number`, if there is one."""
        return next((d for step in self.steps if (d := step.drill) and d.number == number), None)
