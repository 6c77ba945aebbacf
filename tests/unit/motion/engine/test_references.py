"""Who speaks, what, where and in what mood reaches the model."""

import numpy as np
import pytest
from fake_model import LoudnessModel

from render.motion.emotion import Emotion
from render.motion.engine.delivery import delivery
from render.motion.engine.engine import MotionEngine, motion_pipeline
from render.motion.engine.items import Performance
from render.motion.habits import habits
from render.motion.neural.contract import References
from render.motion.neural.manner import SpeakingScene, scene_vector, sentence_vector
from render.motion.performer import Performer
from render.motion.sentence import Sentence
from render.types import AudioChunk, SegmentEnd, Word

SOUND = (8_000 * np.sin(np.arange(3 * 24_000) / 20)).astype(np.int16)


def test_the_habits_of_a_face_are_told_with_every_chunk() -> None:
    model = LoudnessModel()
    face = Performer(engine=MotionEngine(motion_pipeline(model)), habits=habits(4))
    face.push_speech(AudioChunk(SOUND))
    assert model.requests
    for request in model.requests:
        assert request.references.identity is not None
        np.testing.assert_array_equal(request.references.identity, habits(4))


def test_a_question_is_told_from_its_words_and_the_next_sentence_is_another() -> None:
    model = LoudnessModel()
    said = (Word("Really?", 0.0, 1.0), Word("Yes.", 1.6, 2.9))
    face = Performer(engine=MotionEngine(motion_pipeline(model)))
    face.push_speech(AudioChunk(SOUND, words=said))
    for _ in range(50):
        face.advance()
    texts = [request.references.text for request in model.requests]
    assert texts[0] is not None
    assert texts[-1] is not None
    np.testing.assert_array_equal(texts[0], sentence_vector(Sentence.QUESTION))
    np.testing.assert_array_equal(texts[-1], sentence_vector(Sentence.STATEMENT))


def test_without_words_habits_and_feelings_nothing_is_told() -> None:
    model = LoudnessModel()
    Performer(engine=MotionEngine(motion_pipeline(model))).push_speech(AudioChunk(SOUND))
    assert all(request.references == References() for request in model.requests)


def test_a_feeling_changes_how_the_rest_is_said() -> None:
    model = LoudnessModel()
    face = Performer(engine=MotionEngine(motion_pipeline(model)))
    face.set_emotion(Emotion.HAPPY)
    face.push_speech(AudioChunk(SOUND[:24_000]))
    happy = len(model.requests)
    face.set_emotion(Emotion.SAD)
    face.push_speech(AudioChunk(SOUND))
    face.push_speech(SegmentEnd())
    styles = [request.references.style for request in model.requests]
    assert styles[0] == delivery(Emotion.HAPPY, 1.0)
    assert styles[happy] == delivery(Emotion.SAD, 1.0)


def test_the_occasion_of_an_engine_is_told() -> None:
    model = LoudnessModel()
    quiet = Performance(references=References(scene=scene_vector(SpeakingScene.QUIET)))
    engine = MotionEngine(motion_pipeline(model), performance=quiet)
    Performer(engine=engine, habits=habits(1)).push_speech(AudioChunk(SOUND))
    assert model.requests[0].references.scene is not None
    np.testing.assert_array_equal(
        model.requests[0].references.scene, scene_vector(SpeakingScene.QUIET)
    )


@pytest.mark.parametrize("emotion", [e for e in Emotion if e is not Emotion.NEUTRAL])
def test_a_feeling_fades_to_ordinary_delivery(emotion: Emotion) -> None:
    half, full = delivery(emotion, 0.5), delivery(emotion, 1.0)
    assert half is not None
    assert full is not None
    assert half.liveliness - 1 == pytest.approx((full.liveliness - 1) / 2)
    assert delivery(emotion, 0.0) is None


def test_no_feeling_asks_for_no_style() -> None:
    assert delivery(Emotion.NEUTRAL, 1.0) is None
