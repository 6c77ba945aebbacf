"""What one person's recognition listens with: models, policy and the words to expect."""

import time
from collections.abc import Callable

from livekit.agents import stt
from livekit.agents.language import LanguageCode
from livekit.agents.stt import SpeechEvent, SpeechEventType

from agent.speech import marks
from agent.speech.ears.base import Ears
from agent.speech.ears.transcript import Transcript
from agent.speech.marks import SpeechMarks
from agent.speech.turn_taking.own_voice import OwnVoice
from agent.speech.turn_taking.turn_end import TurnEnd


class Listener:
    """Shared by a `Recognition` and its stream.

    Args:
        ears: The models.
        policy: When a turn is over.
        vad_mode: webrtcvad's aggressiveness, 0 to 3.
        language: What is spoken.
        vocabulary: Names that are likely to occur.
        observe: Takes the marks of each turn.
        clock: Monotonic seconds.

    Attributes:
        own_voice: Told what the avatar says; else its echo is taken for a person.
        held: While set, no turn ends: the person holds a button.
    """

    def __init__(
        self,
        ears: Ears,
        policy: TurnEnd,
        *,
        vad_mode: int,
        language: str = "en",
        vocabulary: tuple[str, ...] = (),
        observe: SpeechMarks = marks.ignore,
        clock: Callable[[], float] = time.monotonic,
    ) -> None:
        self.ears = ears
        self.policy = policy
        self.vad_mode = vad_mode
        self.language = LanguageCode(language)
        self.vocabulary = vocabulary
        self.observe = observe
        self.clock = clock
        self.own_voice = OwnVoice(clock)
        self.held = False

    def event(self, kind: SpeechEventType, transcript: Transcript) -> SpeechEvent:
        """Returns `transcript` as livekit wants it."""
        data = stt.SpeechData(self.language, transcript.text, confidence=transcript.confidence)
        return SpeechEvent(kind, alternatives=[data])
