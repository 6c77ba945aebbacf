"""How a persona carries itself: its greeting, its mood, and its apology.

The apology, for when a part of the avatar is down, is voiced beforehand so that no model is needed.
"""

from collections.abc import AsyncIterator, Callable
from dataclasses import dataclass

from livekit import rtc
from livekit.agents import AgentSession
from livekit.agents.types import USERDATA_TIMED_TRANSCRIPT
from livekit.agents.voice import SpeechHandle

from agent.face.expression import CALM
from agent.mind.persona.cues import CueSheet, Feel
from agent.session.speaker import CUES
from agent.speech.tts import voiced_words
from agent.speech.voices.base import Voice
from render.clock import AUDIO_RATE
from render.motion.emotion import Emotion
from render.types import AudioChunk

APOLOGY = "I'm sorry, something went wrong on my side. Could you say that again?"
SORRY = Feel(Emotion.CONCERNED, 0.6)


@dataclass(frozen=True, slots=True)
class Apology:
    """An apology in one voice.

    Attributes:
        text: What is said.
        speech: Its sound; without any, it can only be written.
    """

    text: str = APOLOGY
    speech: tuple[AudioChunk, ...] = ()

    @classmethod
    async def voiced(cls, voice: Voice, text: str = APOLOGY) -> "Apology":
        """Returns the apology, spoken once. Raises ModelUnavailable."""
        return cls(text, tuple([chunk async for chunk in voice.speak(text)]))

    @property
    def tagged(self) -> str:
        """What is said, with the face that goes with it."""
        return f"[{SORRY.emotion}:{SORRY.intensity}] {self.text}"

    async def frames(self) -> AsyncIterator[rtc.AudioFrame]:
        """Yields it as livekit's agent does: words, phones and the face that goes with them."""
        sheet = CueSheet()
        sheet.cues.append((0, SORRY))
        for chunk in self.speech:
            samples = chunk.samples
            frame = rtc.AudioFrame(samples.tobytes(), AUDIO_RATE, 1, len(samples))
            frame.userdata[USERDATA_TIMED_TRANSCRIPT] = list(voiced_words(chunk))
            frame.userdata[CUES] = sheet
            yield frame


@dataclass(frozen=True, slots=True)
class Manner:
    """How a persona carries itself.

    Attributes:
        greeting: Its first words, with tags; empty to say none.
        base: What it feels unless an answer says otherwise.
        apology: What it says when a part of it is down.
    """

    greeting: str = ""
    base: Feel = CALM
    apology: Apology = Apology()


class Apologist:
    """Says the apology when a part of the avatar fails, once at a time.

    Args:
        session: Who speaks.
        apology: What is said; without sound, nothing is.
    """

    def __init__(self, session: AgentSession[None], apology: Apology) -> None:
        self._session = session
        self._apology = apology
        self._underway: SpeechHandle | None = None
        self._unheard = False

    def on_failure(self, error: object) -> None:
        """Takes an error of livekit's: of hearing, whose apology waits for a silence, or voice."""
        kind = getattr(error, "type", "")
        if kind == "stt_error":
            self._unheard = True
            if self._session.user_state != "speaking":
                self.on_silence()
        elif kind == "tts_error" and not getattr(error, "recoverable", True):
            self._say()

    def on_understood(self) -> None:
        """The person was understood after all."""
        self._unheard = False

    def on_silence(self) -> None:
        """The person has stopped speaking."""
        if self._unheard:
            self._unheard = False
            self._say()

    def after_apology(self, act: Callable[[], None]) -> None:
        """Acts as soon as no apology is being said: at once, if none is."""
        if self._underway is None or self._underway.done():
            act()
        else:
            self._underway.add_done_callback(lambda done: act())

    def _say(self) -> None:
        if self._apology.speech and (self._underway is None or self._underway.done()):
            self._underway = self._session.say(self._apology.text, audio=self._apology.frames())
