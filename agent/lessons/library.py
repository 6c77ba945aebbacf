"""All lessons of a server, and what it tells of them.

What goes to a browser holds no answer; a learner's own answer is judged here and forgotten.
"""

from dataclasses import dataclass
from pathlib import Path
from typing import Any

from agent.errors import NotFound
from agent.lessons.errors import BadLesson
from agent.lessons.exercises import ChoiceExercise, ExerciseVerdict, NumberExercise
from agent.lessons.lesson import Drill, Lesson, Step
from agent.lessons.reading import PICTURES, read_lesson


@dataclass(frozen=True, slots=True)
class Judgement:
    """What a learner is told about an answer.

    Attributes:
        verdict: What the answer is worth.
        over: Whether the exercise is: it was answered right, or the tries are used up.
        say: What the tutor says.
        show: HTML of the hint or the explanation; empty where there is none.
        solution: HTML of the right answer once the exercise is over, else None.
    """

    verdict: ExerciseVerdict
    over: bool
    say: str
    show: str
    solution: str | None


class Lessons:
    """The lessons in `prompts/lessons`.

    Args:
        prompts_dir: Where prompts are; None for no lessons.

    Raises:
        BadLesson: One of them is not as it must be.
    """

    def __init__(self, prompts_dir: Path | None = None) -> None:
        files = sorted((prompts_dir / "lessons").glob("*.md")) if prompts_dir else []
        self._lessons = {file.stem: read_lesson(file) for file in files}
        for file, lesson in zip(files, self._lessons.values(), strict=True):
            if not (file.parents[1] / "personas" / f"{lesson.head.persona}.md").is_file():
                raise BadLesson(file, 1, f"there is no persona {lesson.head.persona}")

    def listed(self) -> list[dict[str, Any]]:
        """Returns what the list shows of each."""
        return [_card(lesson) for lesson in self._lessons.values()]

    def described(self, lesson: str) -> dict[str, Any]:
        """Returns a whole lesson without its answers. Raises NotFound."""
        found = self._find(lesson)
        return {**_card(found), "content": [_step(step) for step in found.steps]}

    def picture(self, lesson: str, name: str) -> Path:
        """Returns the file of a picture that the lesson shows. Raises NotFound."""
        file = self._find(lesson).pictures.get(name)
        if file is None:
            raise NotFound("There is no such picture.")
        return file

    def judge_answer(self, lesson: str, number: int, answer: str, attempt: int) -> Judgement:
        """Judges an answer.

        Args:
            lesson: Id of the lesson.
            number: Of the exercise, from 1.
            answer: As the learner gave it.
            attempt: From 1; unclear answers do not count.

        Raises:
            NotFound: There is no such exercise.
        """
        found = self._find(lesson)
        drill = found.drill(number)
        if drill is None:
            raise NotFound("There is no such exercise.")
        verdict = drill.exercise.judge(answer, found.head.language)
        return _judgement(found, drill, verdict, attempt)

    def _find(self, lesson: str) -> Lesson:
        if lesson not in self._lessons:
            raise NotFound("There is no such lesson.")
        return self._lessons[lesson]


def _judgement(lesson: Lesson, drill: Drill, verdict: ExerciseVerdict, attempt: int) -> Judgement:
    head, exercise = lesson.head, drill.exercise
    turn = drill.number + attempt
    if verdict is ExerciseVerdict.UNCLEAR:
        return Judgement(verdict, False, _one(head.unclear, turn), "", None)
    if verdict is ExerciseVerdict.UNIT:
        return Judgement(verdict, False, _one(head.unit, turn), "", None)
    if verdict is ExerciseVerdict.RIGHT or attempt >= exercise.tries:
        words = head.right if verdict is ExerciseVerdict.RIGHT else head.solution
        say = f"{_one(words, turn)} {exercise.explanation.say}"
        return Judgement(verdict, True, say, drill.explanation, drill.solution)
    hint = exercise.hints[attempt - 1]
    return Judgement(
        verdict, False, f"{_one(head.wrong, turn)} {hint.say}", drill.hints[attempt - 1], None
    )


def _one(words: tuple[str, ...], turn: int) -> str:
    return words[turn % len(words)]


def _card(lesson: Lesson) -> dict[str, Any]:
    head = lesson.head
    picture = head.picture and PICTURES.format(lesson=lesson.id, name=head.picture)
    return {
        "id": lesson.id,
        "title": head.title,
        "subject": head.subject,
        "about": head.about,
        "minutes": head.minutes,
        "language": head.language,
        "persona": head.persona,
        "picture": picture,
        "steps": len(lesson.steps),
        "exercises": sum(step.drill is not None for step in lesson.steps),
    }


def _step(step: Step) -> dict[str, Any]:
    script = step.script
    return {
        "title": step.title,
        "lines": [{"text": line.text, "letters": line.letters} for line in script.lines],
        "marks": [{"number": mark.number, "letters": mark.letters} for mark in script.marks],
        "letters": script.letters,
        "board": step.board,
        "exercise": step.drill and _question(step.drill),
    }


def _question(drill: Drill) -> dict[str, Any]:
    exercise = drill.exercise
    return {
        "number": drill.number,
        "kind": exercise.kind,
        "ask": drill.ask,
        "options": list(drill.options) if isinstance(exercise, ChoiceExercise) else [],
        "unit": exercise.unit if isinstance(exercise, NumberExercise) else "",
        "tries": exercise.tries,
    }
