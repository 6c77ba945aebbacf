"""Exact event sequences of the recognition, with models that answer when the test says so."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass, field

import numpy as np
import pytest
from livekit import rtc
from livekit.agents.stt import SpeechEvent, SpeechEventType, STTError
from loudness import VAD, LoudIsSpeech, sound
from numpy.typing import NDArray

from agent.errors import ModelUnavailable
from agent.speech.ears.transcript import Transcript
from agent.speech.listening.recognition import Recognition
from agent.speech.listening.samples import SampleClock
from agent.speech.turn_taking.turn_end import TurnEnd

POLICY = TurnEnd(ask_after=0.05, end_after=0.2, end_at_latest=1.2, threshold=0.5)
START = (SpeechEventType.START_OF_SPEECH, "")
END = (SpeechEventType.END_OF_SPEECH, "")


@pytest.fixture(autouse=True)
def loud_is_speech(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(VAD, LoudIsSpeech)


def interim(text: str) -> tuple[SpeechEventType, str]:
    return SpeechEventType.INTERIM_TRANSCRIPT, text


def preflight(text: str) -> tuple[SpeechEventType, str]:
    return SpeechEventType.PREFLIGHT_TRANSCRIPT, text


def final(text: str) -> tuple[SpeechEventType, str]:
    return SpeechEventType.FINAL_TRANSCRIPT, text


@dataclass
class Ears:
    """Says what it is told; with `gate` cleared, not before the gate is opened."""

    texts: list[str] = field(default_factory=lambda: ["Is it open?"])
    probabilities: list[float] = field(default_factory=lambda: [0.9])
    transcribing: bool = True
    advising: bool = True
    gate: asyncio.Event = field(default_factory=asyncio.Event)
    heard: list[float] = field(default_factory=list)
    silences: list[float] = field(default_factory=list)

    def __post_init__(self) -> None:
        self.gate.set()

    async def transcribe(
        self, samples: NDArray[np.int16], vocabulary: tuple[str, ...]
    ) -> Transcript:
        assert vocabulary == ("Vera",)
        self.heard.append(len(samples) / 16_000)
        text = self.texts[min(len(self.heard), len(self.texts)) - 1]
        await self.gate.wait()
        if not self.transcribing:
            raise ModelUnavailable("down")
        return Transcript(text, 0.9)

    async def turn_over(self, samples: NDArray[np.int16], silence: float) -> float:
        self.silences.append(silence)
        if not self.advising:
            raise ModelUnavailable("down")
        return self.probabilities[min(len(self.silences), len(self.probabilities)) - 1]


class Talk:
    """Feeds a stream in virtual time and keeps what came out."""

    def __init__(self, ears: Ears) -> None:
        self.now = self.begun = 100.0
        self.marks: list[tuple[str, float]] = []
        self.events: list[SpeechEvent] = []
        self.errors: list[STTError] = []
        recognition = Recognition(
            ears,
            POLICY,
            vad_mode=2,
            vocabulary=("Vera",),
            observe=self._mark,
            clock=lambda: self.now,
        )
        recognition.on("error", self.errors.append)
        self.stream = recognition.stream()

    def _mark(self, name: str, at: float) -> None:
        self.marks.append((name, round(at - self.begun, 3)))

    async def hear(self, *parts: tuple[float, bool]) -> list[tuple[SpeechEventType, str]]:
        """Plays (seconds, loud) one after the other; returns the events they caused."""
        before = len(self.events)
        for seconds, loud in parts:
            samples = await asyncio.to_thread(sound, seconds, loud=loud)
            for frame in samples.reshape(-1, 320):
                self.now += 0.02
                self.stream.push_frame(rtc.AudioFrame(frame.tobytes(), 16_000, 1, 320))
                await settle()
        return described(self.events[before:])

    async def collect(self) -> None:
        async for event in self.stream:
            self.events.append(event)


def described(events: list[SpeechEvent]) -> list[tuple[SpeechEventType, str]]:
    return [(e.type, e.alternatives[0].text if e.alternatives else "") for e in events]


async def settle() -> None:
    for _ in range(12):
        await asyncio.sleep(0)


@asynccontextmanager
async def talking(ears: Ears) -> AsyncIterator[Talk]:
    talk = Talk(ears)
    collecting = asyncio.create_task(talk.collect())
    await talk.hear((0.4, False))
    talk.begun = talk.now
    yield talk
    await talk.stream.aclose()
    await collecting


async def test_a_finished_turn_is_prepared_and_committed_soon() -> None:
    async with talking(Ears()) as talk:
        assert await talk.hear((0.5, False), (1.0, True)) == [START]
        assert await talk.hear((0.06, False)) == [preflight("Is it open?")]
        assert await talk.hear((0.14, False)) == []
        assert await talk.hear((0.02, False)) == [final("Is it open?"), END]
        assert await talk.hear((2.0, False)) == []
    assert talk.marks == [
        ("speech_started", 0.5),
        ("speech_ended", 1.5),
        ("transcript_ready", 1.56),
        ("turn_committed", 1.72),
    ]


async def test_the_sound_before_the_start_and_the_pause_belong_to_the_turn() -> None:
    ears = Ears()
    async with talking(ears) as talk:
        await talk.hear((1.0, False), (1.0, True), (0.3, False))
    assert ears.heard == pytest.approx([0.24 + 1.0 + 0.06])


async def test_the_turn_model_is_asked_only_where_the_words_leave_it_open() -> None:
    whole, doubtful = Ears(), Ears(texts=["I like it here"])
    for ears in (whole, doubtful):
        async with talking(ears) as talk:
            await talk.hear((1.0, True), (0.3, False))
    assert whole.silences == []
    assert doubtful.silences == pytest.approx([0.08], abs=0.021)


async def test_a_long_turn_is_final_in_parts_and_ends_though_its_end_has_no_words() -> None:
    ears = Ears(texts=["A long story", ""])
    async with talking(ears) as talk:
        await talk.hear((15.2, True), (0.06, False))
        assert await talk.hear((0.5, True)) == [final("A long story")]
        assert "turn_committed" not in dict(talk.marks)
        assert await talk.hear((0.4, False)) == [END]
        assert "turn_committed" in dict(talk.marks)
        await talk.hear((0.5, True))
    assert "turn_continued" not in dict(talk.marks)


async def test_who_goes_on_speaking_gets_no_final() -> None:
    ears = Ears(texts=["Hello", "Hello, do you like tea?"])
    async with talking(ears) as talk:
        assert await talk.hear((0.5, True), (0.1, False)) == [
            START,
            preflight("Hello"),
        ]
        assert await talk.hear((0.5, True)) == []
        assert await talk.hear((0.06, False)) == [preflight("Hello, do you like tea?")]
        assert await talk.hear((0.2, False)) == [final("Hello, do you like tea?"), END]
    assert [name for name, _ in talk.marks].count("turn_resumed") == 1
    assert dict(talk.marks)["speech_ended"] == pytest.approx(1.1)


async def test_the_same_text_is_prepared_only_once() -> None:
    async with talking(Ears()) as talk:
        heard = await talk.hear((0.5, True), (0.1, False), (0.04, True), (0.3, False))
    assert heard == [START, preflight("Is it open?"), final("Is it open?"), END]


async def test_a_doubtful_turn_waits_and_is_asked_about_again() -> None:
    ears = Ears(texts=["If it rains"], probabilities=[0.1, 0.2, 0.9])
    async with talking(ears) as talk:
        assert await talk.hear((0.5, True), (0.1, False)) == [START, interim("If it rains")]
        assert await talk.hear((0.52, False)) == []
        assert await talk.hear((0.06, False)) == [preflight("If it rains")]
        assert await talk.hear((0.14, False)) == [final("If it rains"), END]
    assert ears.silences == pytest.approx([0.06, 0.45, 0.7], abs=0.021)


async def test_no_turn_outlasts_the_latest_end() -> None:
    async with talking(Ears(texts=["I would like"], probabilities=[0.0])) as talk:
        await talk.hear((0.5, True), (1.18, False))
        assert await talk.hear((0.02, False)) == [final("I would like"), END]


async def test_who_goes_on_after_the_end_continues_the_same_turn() -> None:
    ears = Ears(texts=["Do you admit?", "Do you admit to customers that you are fake?"])
    async with talking(ears) as talk:
        assert await talk.hear((0.5, True), (0.3, False)) == [
            START, preflight("Do you admit?"), final("Do you admit?"), END,
        ]  # fmt: skip
        whole = "Do you admit to customers that you are fake?"
        assert await talk.hear((1.0, True), (0.3, False)) == [
            START, preflight(whole), final(whole), END,
        ]  # fmt: skip
    assert ears.heard[1] > 1.5 + 0.2
    names = [name for name, _ in talk.marks]
    assert names.index("turn_continued") == names.index("turn_committed") + 2


@pytest.mark.parametrize("wait", [1.0, 3.0])
async def test_who_speaks_after_a_while_begins_anew(wait: float) -> None:
    ears = Ears()
    async with talking(ears) as talk:
        await talk.hear((1.0, True), (wait, False), (0.5, True), (0.3, False))
    assert ears.heard[1] < 1.0
    assert "turn_continued" not in dict(talk.marks)


async def test_what_was_ended_by_hand_is_not_continued() -> None:
    async with talking(Ears()) as talk:
        await talk.hear((0.5, True))
        talk.stream.flush()
        await talk.hear((0.2, False), (0.5, True), (0.3, False))
    assert "turn_continued" not in dict(talk.marks)


async def test_without_a_turn_model_silence_decides() -> None:
    said = "I like it very much here."
    async with talking(Ears(texts=[said], advising=False)) as talk:
        assert await talk.hear((0.5, True), (0.28, False)) == [START, preflight(said)]
        assert await talk.hear((0.04, False)) == [final(said), END]


async def test_a_slow_transcript_ends_the_turn_when_it_comes() -> None:
    ears = Ears()
    ears.gate.clear()
    async with talking(ears) as talk:
        assert await talk.hear((0.5, True), (0.9, False)) == [START]
        ears.gate.set()
        await settle()
        assert described(talk.events[1:]) == [final("Is it open?"), END]


async def test_a_late_transcript_of_what_was_said_before_is_a_caption() -> None:
    ears = Ears(texts=["I would", "I would like a cup of tea."])
    ears.gate.clear()
    async with talking(ears) as talk:
        await talk.hear((0.5, True), (0.1, False), (0.2, True))
        ears.gate.set()
        assert await talk.hear((0.02, True)) == [interim("I would")]


async def test_a_dead_recogniser_ends_the_turn_without_words() -> None:
    async with talking(Ears(transcribing=False)) as talk:
        assert await talk.hear((0.5, True), (0.5, False)) == [START, END]
        assert await talk.hear((0.5, True)) == [START]
    assert [error.recoverable for error in talk.errors] == [True]
    assert not [name for name, _ in talk.marks if name == "turn_committed"]


async def test_noise_that_is_no_speech_commits_nothing() -> None:
    async with talking(Ears(texts=[""])) as talk:
        assert await talk.hear((0.5, True), (0.5, False)) == [START, END]
    assert [name for name, _ in talk.marks] == ["speech_started"]


async def test_flushing_ends_the_turn_now() -> None:
    async with talking(Ears(probabilities=[0.0])) as talk:
        await talk.hear((0.5, True))
        talk.stream.flush()
        await settle()
        assert described(talk.events) == [START, final("Is it open?"), END]


async def test_the_end_of_the_input_ends_the_turn() -> None:
    async with talking(Ears()) as talk:
        await talk.hear((0.5, True))
        talk.stream.end_input()
        await asyncio.wait_for(talk.stream._task, 1)
        await settle()
        assert described(talk.events) == [START, final("Is it open?"), END]


async def test_a_long_turn_is_made_final_in_parts() -> None:
    ears = Ears(texts=["A long story,", "and then the end of it."])
    async with talking(ears) as talk:
        heard = await talk.hear((16.0, True), (0.1, False), (1.0, True), (0.4, False))
    assert heard == [
        START, interim("A long story,"), final("A long story,"),
        preflight("and then the end of it."), final("and then the end of it."), END,
    ]  # fmt: skip
    assert ears.heard[1] < 2.0


async def test_the_turn_ends_when_the_last_voiced_sample_was_spoken() -> None:
    async with talking(Ears()) as talk:
        await talk.hear((0.5, True), (0.3, False))
    ended = next(e for e in talk.events if e.type is SpeechEventType.END_OF_SPEECH)
    assert ended.speech_end_time is not None
    assert ended.created_at - ended.speech_end_time == pytest.approx(0.2, abs=0.05)


def test_a_burst_of_late_frames_does_not_move_the_clock() -> None:
    clock = SampleClock()
    for n in range(1, 11):
        clock.arrived(n * 320, 5.0 + n * 0.02)
    clock.arrived(11 * 320, 5.0 + 11 * 0.02 + 0.3)
    assert clock.when(11 * 320) == pytest.approx(5.0 + 11 * 0.02, abs=1e-3)


def test_the_clock_follows_a_gap() -> None:
    clock = SampleClock()
    clock.arrived(320, 5.02)
    clock.arrived(640, 15.04)
    assert clock.when(640) == pytest.approx(15.04)
