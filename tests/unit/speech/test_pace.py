"""A voice at another pace: asked of the model, kept apart in the cache, heard from then on."""

from typing import Any, cast

import numpy as np
import pytest

from agent.events import SetSpeedEvent
from agent.models.worker import Worker
from agent.speech.engines import SpeechEngines
from agent.speech.tts import VoiceTts
from agent.speech.voices.base import ModelVoice, Voice
from render.types import AudioChunk


class Model:
    """Says silence, the shorter the faster; notes what it was asked."""

    def __init__(self) -> None:
        self.speeds: list[float] = []

    async def call(self, method: str, words: Any, speed: float) -> AudioChunk:
        self.speeds.append(speed)
        return AudioChunk(np.zeros(int(1_000 / speed), np.int16))


class OnePace(Voice):
    """A voice that knows nothing of paces."""

    async def say(self, piece: str) -> AudioChunk:
        return AudioChunk(np.zeros(10, np.int16))


async def test_each_pace_has_its_own_clip() -> None:
    model = Model()
    voice = ModelVoice("any", cast(Worker, model))
    fast = voice.paced(2.0)
    for speaking, samples in ((voice, 1_000), (fast, 500), (voice, 1_000), (fast, 500)):
        assert len((await speaking.say("Hello.")).samples) == samples
    assert model.speeds == [1.0, 2.0]


def test_a_session_s_pace_is_its_own() -> None:
    voice = ModelVoice("any", cast(Worker, Model()))
    one, other = VoiceTts(voice), VoiceTts(voice)
    one.set_speed(1.5)
    assert one.voice is not voice
    assert other.voice is voice
    plain = OnePace("plain")
    assert plain.paced(1.5) is plain


@pytest.mark.parametrize("speed", [0.4, 2.1, float("nan")])
def test_an_impossible_pace_is_refused(speed: float) -> None:
    with pytest.raises(ValueError, match="speed"):
        SetSpeedEvent(speed=speed)


@pytest.mark.models
@pytest.mark.parametrize("name", ["heart", "joe"])
async def test_both_voices_speak_faster_and_slower_with_words_to_match(name: str) -> None:
    engines = SpeechEngines((name,), listening=False)
    await engines.start()
    try:
        voice = engines.voice(name)
        said = [
            await voice.paced(speed).say("Here is a right triangle, with one long side.")
            for speed in (0.75, 1.0, 1.5)
        ]
    finally:
        await engines.aclose()
    lengths = [len(chunk.samples) / 24_000 for chunk in said]
    assert lengths[0] > 1.15 * lengths[1] > 1.15 * 1.2 * lengths[2]
    for chunk, length in zip(said, lengths, strict=True):
        assert [word.text for word in chunk.words][-1] == "side."
        assert chunk.words[-1].end <= length
