"""What the face shows besides speech, frame by frame."""

from typing import Any

import numpy as np
import pytest
from pydantic import TypeAdapter, ValidationError

from agent.events import CLIENT_EVENTS, GestureEvent, LookAtEvent, SetEmotionEvent
from agent.face.expression import THINKING_FRAMES, Expression
from agent.mind.persona.cues import GESTURE_TAGS, CueSheet, Feel
from render.clock import AUDIO_RATE, FRAME_RATE
from render.motion import gesture
from render.motion.emotion import Emotion
from render.motion.performer import Performer
from render.types import Attitude, AudioChunk, AVUnit, SegmentEnd, Word

HAPPY, SAD = Feel(Emotion.HAPPY), Feel(Emotion.SAD, 0.5)


class Watched(Performer):
    """A performer that notes what it is told, and at which frame."""

    def __init__(self) -> None:
        super().__init__()
        self.told: list[tuple[int, Any]] = []
        self.frame = 0

    def set_emotion(self, emotion: Emotion, intensity: float = 1.0) -> None:
        self.told.append((self.frame, Feel(emotion, intensity)))
        super().set_emotion(emotion, intensity)

    def set_attitude(self, attitude: Attitude) -> None:
        self.told.append((self.frame, attitude))
        super().set_attitude(attitude)

    def gesture(self, what: gesture.Gesture) -> None:
        self.told.append((self.frame, what))
        super().gesture(what)

    def advance(self) -> AVUnit:
        self.frame += 1
        return super().advance()


def play(performer: Watched, expression: Expression, frames: int) -> None:
    for _ in range(frames):
        expression.perform_unit(performer.advance())


def speak(performer: Performer, *words: str) -> None:
    """Says words of a second each, the first from 0.04 s on."""
    samples = np.full(AUDIO_RATE * len(words), 3_000, np.int16)
    timed = tuple(Word(word, at + 0.04 * (at == 0), at + 0.9) for at, word in enumerate(words))
    performer.push_speech(AudioChunk(samples, (), timed))
    performer.push_speech(SegmentEnd())


def sheet(*cues: Any, letters: int = 11) -> CueSheet:
    result = CueSheet()
    result.cues, result.letters, result.complete = list(cues), letters, True
    return result


def test_tags_take_effect_with_the_word_they_stand_before_and_end_with_the_answer() -> None:
    performer = Watched()
    expression = Expression(performer)
    speak(performer, "Hello", "you", "two.")
    nod = GESTURE_TAGS["nod"]
    expression.on_cues(1, sheet((0, HAPPY), (5, nod), (8, SAD)))
    play(performer, expression, 4 * FRAME_RATE)
    told = [what for _, what in performer.told]
    assert told == [HAPPY, nod, SAD, Feel(Emotion.NEUTRAL)]
    first, second, third, end = (at for at, _ in performer.told)
    assert (second - first, third - second) == (FRAME_RATE - 1, FRAME_RATE)
    assert end - third == FRAME_RATE
    assert first <= 3


def test_tags_at_the_end_go_with_the_last_word() -> None:
    performer = Watched()
    expression = Expression(performer)
    speak(performer, "Hello", "you", "two.")
    expression.on_cues(1, sheet((11, HAPPY)))
    play(performer, expression, 4 * FRAME_RATE)
    assert [what for _, what in performer.told] == [HAPPY, Feel(Emotion.NEUTRAL)]
    assert performer.told[0][0] > 2 * FRAME_RATE


def test_an_interruption_drops_the_emotion_and_all_that_was_to_come() -> None:
    performer = Watched()
    expression = Expression(performer, SAD)
    speak(performer, "Hello", "you", "two.")
    expression.on_cues(1, sheet((0, HAPPY), (5, GESTURE_TAGS["nod"])))
    play(performer, expression, 10)
    performer.clear()
    expression.on_speech_cut()
    assert [what for _, what in performer.told] == [SAD, HAPPY, SAD]
    speak(performer, "Hello", "you", "two.")
    expression.on_cues(2, sheet((0, HAPPY)))
    play(performer, expression, 10)
    assert [what for _, what in performer.told] == [SAD, HAPPY, SAD, HAPPY]


def test_a_client_sets_what_is_felt_between_answers() -> None:
    performer = Watched()
    expression = Expression(performer)
    expression.handle_event(SetEmotionEvent(emotion="sad", intensity=0.5))
    speak(performer, "Hello", "you", "two.")
    expression.on_cues(1, sheet((0, HAPPY)))
    play(performer, expression, 4 * FRAME_RATE)
    assert [what for _, what in performer.told] == [SAD, HAPPY, SAD]


def test_a_client_commands_gestures_and_looks() -> None:
    performer = Watched()
    expression = Expression(performer)
    expression.handle_event(GestureEvent(name="shake"))
    expression.handle_event(LookAtEvent(x=0.5, y=-0.25))
    assert [what for _, what in performer.told] == [
        gesture.Shake(),
        gesture.LookAt(0.5, -0.25, 2.0),
    ]


def test_thinking_shows_only_if_it_lasts() -> None:
    performer = Watched()
    expression = Expression(performer)
    expression.set_attitude(Attitude.THINKING)
    play(performer, expression, THINKING_FRAMES - 1)
    expression.set_attitude(Attitude.SPEAKING)
    play(performer, expression, THINKING_FRAMES)
    assert performer.told == [(THINKING_FRAMES - 1, Attitude.SPEAKING)]
    expression.set_attitude(Attitude.THINKING)
    play(performer, expression, 3 * THINKING_FRAMES)
    assert performer.told[1:] == [(3 * THINKING_FRAMES - 1, Attitude.THINKING)]


def test_the_protocol_knows_the_emotions_and_gestures_that_the_face_has() -> None:
    emotions = SetEmotionEvent.model_json_schema()["properties"]["emotion"]["enum"]
    assert sorted(emotions) == sorted(each.value for each in Emotion)
    assert sorted(GestureEvent.model_json_schema()["properties"]["name"]["enum"]) == sorted(
        GESTURE_TAGS
    )


@pytest.mark.parametrize(
    "event",
    [
        {"type": "set_emotion", "emotion": "furious"},
        {"type": "set_emotion", "emotion": "happy", "intensity": 1.1},
        {"type": "set_emotion", "emotion": "happy", "intensity": float("nan")},
        {"type": "gesture", "name": "dance"},
        {"type": "look_at", "x": 1.5, "y": 0},
        {"type": "look_at", "x": 0, "y": float("-inf")},
        {"type": "look_at", "x": 0, "y": 0, "seconds": 31},
    ],
)
def test_commands_that_no_face_can_follow_are_refused(event: dict[str, Any]) -> None:
    adapter: TypeAdapter[Any] = CLIENT_EVENTS
    with pytest.raises(ValidationError):
        adapter.validate_python(event)
