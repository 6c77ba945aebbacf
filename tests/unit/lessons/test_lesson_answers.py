"""Answers are judged by what they mean, not by how they are written."""

import math

import pytest
from pydantic import ValidationError

from agent.lessons.answers import Quantity, normalised, read_quantity, same_words
from agent.lessons.exercises import AnyExercise, ExerciseVerdict

COMMON: dict[str, object] = {"ask": "?", "hints": ["Think."], "explanation": "So it is."}
NUMBER: dict[str, object] = {
    "kind": "number",
    "answer": 2.5,
    "tolerance": 0.01,
    "unit": "m",
    "units": {"cm": 0.01},
}
CHOICE: dict[str, object] = {"kind": "choice", "options": ["Sun", "Map"], "answer": 2}
TEXT: dict[str, object] = {"kind": "text", "answers": ["viseme", "the mouth shape"]}


def judged(fields: dict[str, object], answer: str, language: str = "en") -> ExerciseVerdict:
    exercise = AnyExercise.model_validate({"exercise": fields | COMMON}).exercise
    return exercise.judge(answer, language)


@pytest.mark.parametrize(
    ("text", "value", "unit"),
    [
        ("5", 5, ""),
        (" -2,5 cm ", -2.5, "cm"),
        ("−3", -3, ""),
        (".5", 0.5, ""),
        ("1/4 m", 0.25, "m"),
        ("It's 10 dm.", 10, "dm"),
        ("Twenty-five metres", 25, "metres"),
        ("one hundred and five", 105, ""),
        ("the answer is twelve", 12, ""),
    ],
)
def test_numbers_are_read(text: str, value: float, unit: str) -> None:
    assert read_quantity(text) == Quantity(value, unit)


@pytest.mark.parametrize("text", ["", "no idea", "1/0", "a 5 or a 6", "cm", "5 5"])
def test_what_is_no_number_is_not_guessed(text: str) -> None:
    assert read_quantity(text) is None


def test_numbers_in_the_words_of_other_languages() -> None:
    assert read_quantity("fünfundzwanzig Meter", "de-DE") == Quantity(25, "meter")
    assert read_quantity("veinticinco", "es") == Quantity(25, "")
    assert read_quantity("twenty", "tlh") is None


def test_words_are_compared_without_case_accents_and_articles() -> None:
    assert normalised("  It is THE Café-au-lait! ") == "cafe au lait"
    assert same_words("The Viseme.", "viseme")
    assert same_words("visene", "viseme")
    assert not same_words("phoneme", "viseme")
    assert not same_words("fan", "fun")
    assert not same_words("", "viseme")


@pytest.mark.parametrize(
    ("answer", "verdict"),
    [
        ("2.5 m", ExerciseVerdict.RIGHT),
        ("250cm", ExerciseVerdict.RIGHT),
        ("2,505 m", ExerciseVerdict.RIGHT),
        ("2.52 m", ExerciseVerdict.WRONG),
        ("25 cm", ExerciseVerdict.WRONG),
        ("2.5", ExerciseVerdict.UNIT),
        ("2.5 kg", ExerciseVerdict.UNIT),
        ("long", ExerciseVerdict.UNCLEAR),
    ],
)
def test_a_number_needs_its_unit(answer: str, verdict: ExerciseVerdict) -> None:
    assert judged(NUMBER, answer) is verdict


@pytest.mark.parametrize(
    ("answer", "verdict"),
    [
        ("2", ExerciseVerdict.RIGHT),
        ("map", ExerciseVerdict.RIGHT),
        ("option two", ExerciseVerdict.RIGHT),
        ("1", ExerciseVerdict.WRONG),
        ("3", ExerciseVerdict.UNCLEAR),
        ("the moon", ExerciseVerdict.UNCLEAR),
    ],
)
def test_a_choice_takes_a_number_or_the_words(answer: str, verdict: ExerciseVerdict) -> None:
    assert judged(CHOICE, answer) is verdict


def test_a_text_takes_any_accepted_form() -> None:
    assert judged(TEXT, "A viseme!") is ExerciseVerdict.RIGHT
    assert judged(TEXT, "mouth shape") is ExerciseVerdict.RIGHT
    assert judged(TEXT, "a phoneme") is ExerciseVerdict.WRONG
    assert judged(TEXT, "?!") is ExerciseVerdict.UNCLEAR


@pytest.mark.parametrize(
    "fields",
    [
        CHOICE | {"answer": 3},
        CHOICE | {"options": ["One"]},
        NUMBER | {"answer": math.nan},
        NUMBER | {"tolerance": -1},
        TEXT | {"answers": ["!"]},
        TEXT | {"hints": []},
        TEXT | {"explanation": "It is $x$."},
        TEXT | {"unknown": 1},
        {"kind": "essay"},
    ],
)
def test_an_exercise_must_make_sense(fields: dict[str, object]) -> None:
    with pytest.raises(ValidationError):
        AnyExercise.model_validate({"exercise": COMMON | fields})
