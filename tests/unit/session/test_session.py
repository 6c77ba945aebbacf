"""Whole conversations through livekit's session, with a voice of sine tones and a mind of paper.

Nothing here asserts how long anything took: what is waited for, comes.
"""

import asyncio
from collections.abc import AsyncIterator, Callable, Sequence
from concurrent.futures import ThreadPoolExecutor
from contextlib import asynccontextmanager
from types import SimpleNamespace
from typing import Any

import numpy as np
import pytest
from numpy.typing import NDArray

from agent.conversation import MindLLM
from agent.errors import ModelUnavailable
from agent.events import Answer, Event, Hello, Offer, SetEmotion, SetPresentation, SetSpeed, Text
from agent.face import Face
from agent.manner import Apology, Manner
from agent.mind.cues import Feel
from agent.mind.llm import ChatModel
from agent.mind.message import Message
from agent.mind.tools import ToolUse
from agent.models.llm import Endpoint
from agent.session import Session
from agent.settings import SpeechSettings
from agent.speech.ears.transcript import Transcript
from agent.speech.session_options import options
from agent.speech.voices.base import Voice
from agent.timeline import Timeline
from agent.transport.base import Presentation, Transport
from render.clock import AUDIO_RATE
from render.motion.emotion import Emotion
from render.motion.gesture import Gesture, Nod
from render.motion.performer import Performer
from render.types import Attitude, AudioChunk, AVUnit, Word

WORD_SECONDS = 0.12
APOLOGY = "I'm sorry."
CALM = Feel(Emotion.NEUTRAL)


class Tones(Voice):
    """A tone a word; knows what it was given to say."""

    def __init__(self) -> None:
        super().__init__("tones")
        self.said: list[str] = []
        self.down = False
        self.word_seconds = WORD_SECONDS

    def paced(self, speed: float) -> "Tones":
        self.word_seconds = WORD_SECONDS / speed
        return self

    async def say(self, piece: str) -> AudioChunk:
        if self.down:
            raise ModelUnavailable("The process of the voice is down.")
        self.said.append(piece)
        words = piece.split()
        length = int(self.word_seconds * AUDIO_RATE)
        tone = (8_000 * np.sin(np.arange(len(words) * length) / 20)).astype(np.int16)
        timed = [
            Word(word, at * self.word_seconds, (at + 0.9) * self.word_seconds)
            for at, word in enumerate(words)
        ]
        return AudioChunk(tone, (), tuple(timed))


class Ears:
    """Understands everything as the same words, or nothing at all."""

    def __init__(self) -> None:
        self.down = False

    async def transcribe(
        self, samples: NDArray[np.int16], vocabulary: tuple[str, ...] = ()
    ) -> Transcript:
        if self.down:
            raise ModelUnavailable("The process of the recogniser is down.")
        return Transcript("Hello there.", 1.0)

    async def turn_over(self, samples: NDArray[np.int16], silence: float) -> float:
        return 1.0


class Wire:
    """A transport that is connected and keeps nothing."""

    def __init__(self) -> None:
        self.on_microphone: Any = None
        self.on_mark: Any = None
        self.on_closed: Any = None
        self.presentation: Presentation = "video"
        self.fail = False
        self.sounding = 0
        self.tick = asyncio.Event()

    def send(self, unit: AVUnit) -> None:
        if self.fail:
            raise RuntimeError("broken")
        self.sounding += bool(unit.samples.any())
        self.tick.set()

    def watch(self, pts: int) -> None:
        pass

    def stats(self) -> Any:
        return SimpleNamespace(connected=True, loss=0.0, video_bitrate=900_000)

    async def close(self) -> None:
        pass


class Watched(Performer):
    """Notes what it is told to feel and do, and what it was saying then."""

    def __init__(self) -> None:
        super().__init__()
        self.told: list[Feel | Gesture] = []
        self.attitudes: list[Attitude] = []

    def set_emotion(self, emotion: Emotion, intensity: float = 1.0) -> None:
        self.told.append(Feel(emotion, intensity))
        super().set_emotion(emotion, intensity)

    def gesture(self, gesture: Gesture) -> None:
        self.told.append(gesture)
        super().gesture(gesture)

    def set_attitude(self, attitude: Attitude) -> None:
        self.attitudes.append(attitude)
        super().set_attitude(attitude)


class Paper:
    """Answers with the pieces it was given; waits and fails when told to."""

    def __init__(self) -> None:
        self.pieces: Sequence[str] = ("Hello.",)
        self.gate: asyncio.Event | None = None
        self.turns: list[Sequence[Message]] = []

    async def answer(
        self, turns: Sequence[Message], question: str, *, tools: ToolUse | None = None
    ) -> AsyncIterator[str]:
        self.turns.append(turns)
        if self.gate:
            await self.gate.wait()
        for piece in self.pieces:
            yield piece


class Talk:
    """A session and all that can be seen of it."""

    def __init__(self, mind: MindLLM, manner: Manner, drawing: ThreadPoolExecutor) -> None:
        self.events: list[Event] = []
        self.voice, self.ears, self.wire = Tones(), Ears(), Wire()
        self.performer = Watched()
        shown: dict[str, Any] = {"session": "s", "name": "P"}
        hello = Hello.model_construct(**shown)
        self.session = Session(
            hello,
            Face(self.performer, None, drawing),
            mind,
            manner,
            options(SpeechSettings(), self.ears, self.voice),
            Timeline("s", (), self._take),
            self._negotiate,
            self._take,
        )

    async def _negotiate(
        self, offer: str, microphone: Any, presentation: Presentation
    ) -> tuple[Transport, Answer]:
        self.microphone = microphone
        self.wire.presentation = presentation
        return self.wire, Answer(sdp="", video_origin=0, audio_origin=0)

    async def until(self, kind: str, **values: Any) -> Any:
        """Waits for an event, which is taken out with all before it."""
        async with asyncio.timeout(20):
            while True:
                while self.events:
                    event = self.events.pop(0)
                    if getattr(event, "type", "") == kind and all(
                        getattr(event, name) == value for name, value in values.items()
                    ):
                        return event
                self.wire.tick.clear()
                await self.wire.tick.wait()

    async def sounds(self, frames: int) -> None:
        """Waits until so many frames of speech were sent."""
        await self.becomes(lambda: self.wire.sounding >= frames)

    async def becomes(self, true: Callable[[], bool]) -> None:
        """Looks after every frame and event whether something is true now."""
        async with asyncio.timeout(20):
            while not true():
                self.wire.tick.clear()
                await self.wire.tick.wait()

    def _take(self, event: Event) -> None:
        self.events.append(event)
        self.wire.tick.set()


@asynccontextmanager
async def talking(mind: MindLLM, manner: Manner | None = None) -> AsyncIterator[Talk]:
    with ThreadPoolExecutor(1) as drawing:
        voiced = await Apology.voiced(Tones(), APOLOGY)
        talk = Talk(mind, manner or Manner(apology=voiced), drawing)
        await talk.session.start()
        await talk.session.handle(Offer(sdp=""))
        try:
            yield talk
        finally:
            await talk.session.close("goodbye")


def minded(paper: Paper) -> MindLLM:
    return MindLLM(paper.answer, f"[concerned:0.6] {APOLOGY}")


async def test_tags_move_the_face_and_are_neither_spoken_nor_shown_nor_remembered() -> None:
    paper = Paper()
    paper.pieces = ("[hap", "py:0.6] Yes, of course I ", "can [n", "od] say [this] today.")
    async with talking(minded(paper)) as talk:
        await talk.session.handle(Text(text="Can you?"))
        shown = await talk.until("agent_transcript", final=True)
        assert shown.text == "Yes, of course I can say [this] today."
        assert " ".join(talk.voice.said) == shown.text
        assert talk.performer.told == [Feel(Emotion.HAPPY, 0.6), Nod(), CALM]
        await talk.session.handle(Text(text="Again?"))
        await talk.until("agent_transcript", final=True)
    assert paper.turns[1] == [Message("user", "Can you?"), Message("assistant", shown.text)]


async def test_captions_hold_no_tags() -> None:
    paper = Paper()
    paper.pieces = ("[happy] Well, ", "[nod] that is so.")
    async with talking(minded(paper)) as talk:
        await talk.session.handle(Text(text="Is it?"))
        caption = await talk.until("caption")
        assert [word.text for word in caption.words] == ["Well,", "that", "is", "so."]
        assert all(word.end is not None and word.pts <= word.end for word in caption.words)
        final = await talk.until("agent_transcript", final=True)
        assert final.text == "Well, that is so."


async def test_a_pace_is_heard_from_the_next_words_on() -> None:
    paper = Paper()
    paper.pieces = ("One two three four five six.",)
    async with talking(minded(paper)) as talk:
        frames = []
        for speed in (1.0, 2.0):
            await talk.session.handle(SetSpeed(speed=speed))
            await talk.session.handle(Text(text="Count."))
            words = (await talk.until("caption")).words
            frames.append(words[-1].pts - words[0].pts)
            await talk.until("agent_transcript", final=True)
    assert frames[0] == pytest.approx(2 * frames[1], abs=1)


async def test_an_interruption_drops_what_was_felt() -> None:
    paper = Paper()
    paper.pieces = ("[sad] " + "Once more and " * 20 + "[happy] again.",)
    async with talking(minded(paper), Manner(base=Feel(Emotion.HAPPY, 0.2))) as talk:
        await talk.session.handle(Text(text="Tell me."))
        await talk.sounds(20)
        paper.pieces = ("Fine.",)
        await talk.session.handle(Text(text="Stop."))
        assert talk.performer.told == [
            Feel(Emotion.HAPPY, 0.2),
            Feel(Emotion.SAD),
            Feel(Emotion.HAPPY, 0.2),
        ]
        cut = await talk.until("agent_transcript", final=True)
        assert cut.interrupted
        assert "[" not in cut.text
        await talk.until("agent_transcript", final=True)
        assert len(talk.performer.told) == 3


async def test_a_greeting_has_a_face_too() -> None:
    manner = Manner(greeting="[happy:0.5] Welcome to you.")
    async with talking(minded(Paper()), manner) as talk:
        greeted = await talk.until("agent_transcript", final=True)
    assert greeted.text == "Welcome to you."
    assert talk.performer.told == [Feel(Emotion.HAPPY, 0.5), CALM]


async def test_a_client_sets_the_mood() -> None:
    async with talking(minded(Paper())) as talk:
        await talk.session.handle(SetEmotion(emotion="surprised", intensity=0.7))
        assert talk.performer.told == [Feel(Emotion.SURPRISED, 0.7)]


async def test_a_slow_answer_is_seen_being_thought_about_and_a_fast_one_is_not() -> None:
    paper = Paper()
    async with talking(minded(paper)) as talk:
        await talk.session.handle(Text(text="Fast?"))
        await talk.until("agent_transcript", final=True)
        assert Attitude.THINKING not in talk.performer.attitudes
        paper.gate = asyncio.Event()
        await talk.session.handle(Text(text="Slow?"))
        await talk.becomes(lambda: Attitude.THINKING in talk.performer.attitudes)
        paper.gate.set()
        await talk.until("agent_transcript", final=True)
        assert Attitude.SPEAKING in talk.performer.attitudes


async def hears_an_apology(talk: Talk) -> None:
    """The apology is said with a concerned face, and nothing of the error is."""
    said = await talk.until("agent_transcript", final=True)
    assert said.text == APOLOGY
    assert talk.wire.sounding > 0
    assert Feel(Emotion.CONCERNED, 0.6) in talk.performer.told
    assert all("process" not in piece for piece in talk.voice.said)


@asynccontextmanager
async def silent_endpoint() -> AsyncIterator[str]:
    """A language model that takes the question and never answers."""

    async def serve(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        await reader.read()
        writer.close()

    server = await asyncio.start_server(serve, "127.0.0.1", 0)
    try:
        yield f"http://127.0.0.1:{server.sockets[0].getsockname()[1]}/v1"
    finally:
        server.close()


@pytest.mark.parametrize("dead", [True, False])
async def test_a_dead_or_slow_language_model_leads_to_an_apology(dead: bool) -> None:
    async with silent_endpoint() as url:
        where = Endpoint("http://127.0.0.1:9/v1" if dead else url, "", "m")
        model = ChatModel(lambda: where, temperature=0.0, timeout_seconds=0.3)

        async def answer(
            turns: Sequence[Message], question: str, *, tools: ToolUse | None = None
        ) -> AsyncIterator[str]:
            async for piece in model.stream("", [Message("user", question)], 5):
                yield piece

        async with talking(MindLLM(answer, f"[concerned:0.6] {APOLOGY}")) as talk:
            await talk.session.handle(Text(text="Hello?"))
            assert (await talk.until("error")).code == "llm_unavailable"
            await hears_an_apology(talk)
        await model.aclose()


async def test_a_voice_that_is_down_apologises_all_the_same_and_comes_back() -> None:
    async with talking(minded(Paper())) as talk:
        talk.voice.down = True
        for _ in range(5):  # livekit gives a session up after three failures in a row
            await talk.session.handle(Text(text="Hello?"))
            assert (await talk.until("error")).code == "model_unavailable"
            await hears_an_apology(talk)
        talk.voice.down = False
        await talk.session.handle(Text(text="Hello?"))
        assert (await talk.until("agent_transcript", final=True)).text == "Hello."


async def speak(talk: Talk, seconds: float, voiced: bool) -> None:
    """Says a vowel, or nothing, into the microphone, in real time."""
    noise = np.random.default_rng(0)
    for block in range(int(seconds * 50)):
        at = np.arange(block * 320, (block + 1) * 320) / 16_000
        wave = sum(np.sin(2 * np.pi * 130 * k * at) / k for k in range(1, 12))
        envelope = 0.6 + 0.4 * np.sin(2 * np.pi * 4 * at)
        sound = 6_000 * envelope * wave if voiced else noise.normal(0, 8, 320)
        talk.microphone(np.asarray(sound, np.int16))
        await asyncio.sleep(0.02)


async def test_a_recogniser_that_is_down_leads_to_an_apology() -> None:
    async with talking(minded(Paper())) as talk:
        talk.ears.down = True
        await speak(talk, 0.5, False)
        await speak(talk, 0.8, True)
        quiet = asyncio.create_task(speak(talk, 15, False))
        assert (await talk.until("error")).code == "model_unavailable"
        await hears_an_apology(talk)
        quiet.cancel()


async def test_media_that_fails_can_be_negotiated_anew() -> None:
    async with talking(minded(Paper()), Manner(greeting="Hello.")) as talk:
        await talk.until("agent_transcript", final=True)
        talk.wire.fail = True
        assert (await talk.until("error")).code == "media_lost"
        talk.wire.fail = False
        await talk.session.handle(Offer(sdp=""))
        await talk.session.handle(Text(text="Are you there?"))
        assert (await talk.until("agent_transcript", final=True)).text == "Hello."
        assert talk.voice.said == ["Hello.", "Hello."]


async def test_what_is_shown_changes_and_the_voice_goes_on() -> None:
    paper = Paper()
    paper.pieces = ("Once more and " * 10 + "again.",)
    async with talking(minded(paper)) as talk:
        await talk.session.handle(Text(text="Tell me."))
        await talk.until("watch", what="lips")
        for shown in ("motion", "audio", "video"):
            await talk.session.handle(SetPresentation(presentation=shown))
            told = await talk.until("presentation")
            assert (told.presentation, told.reason) == (shown, "asked")
            assert talk.wire.presentation == shown
        final = await talk.until("agent_transcript", final=True)
        assert not final.interrupted


async def test_text_is_answered_without_a_voice_until_the_voice_is_asked_for() -> None:
    paper = Paper()
    paper.pieces = ("That is so.",)
    async with talking(minded(paper)) as talk:
        await talk.session.handle(SetPresentation(presentation="text", reason="device"))
        await talk.session.handle(Text(text="Is it?"))
        final = await talk.until("agent_transcript", final=True)
        assert final.text == "That is so."
        assert talk.voice.said == []
        assert talk.wire.presentation == "audio"
        await talk.session.handle(SetPresentation(presentation="video"))
        await talk.session.handle(Text(text="And aloud?"))
        await talk.until("agent_transcript", final=True)
        assert " ".join(talk.voice.said) == "That is so."


async def test_a_camera_that_takes_the_face_silences_it() -> None:
    paper = Paper()
    paper.pieces = ("Once more and " * 20,)
    async with talking(minded(paper)) as talk:
        await talk.session.handle(Text(text="Tell me."))
        await talk.sounds(10)
        await talk.session.drive(lambda pts, motion: motion)
        assert (await talk.until("agent_transcript", final=True)).interrupted
        assert not talk.performer.speaking
        paper.pieces = ("Fine.",)
        talk.session.undrive()
        await talk.session.handle(Text(text="And now?"))
        assert (await talk.until("agent_transcript", final=True)).text == "Fine."
