"""How livekit's `AgentSession` has to be set up for this speech.

- `turn_detection="stt"` with no endpointing delay: the session commits a turn exactly when the
  recognition says so.
- There is no VAD: the recognition alone says when a person takes the floor, and a pause of the
  avatar that leads to no words ends as soon as the recognition says so.
- Pre-emptive answers and voice begin with the preflight transcript and are kept if the final one
  is the same.
- livekit's own text transforms are off: the voice prepares its text, and they wait for a token.
"""

from dataclasses import dataclass
from typing import Any

from livekit.agents import AgentSession, TurnHandlingOptions, llm
from livekit.agents.types import APIConnectOptions
from livekit.agents.voice.agent_session import SessionConnectOptions

from agent.settings import SpeechSettings
from agent.speech import marks
from agent.speech.ears.base import Ears
from agent.speech.engines import SpeechEngines
from agent.speech.listening.recognition import Recognition
from agent.speech.marks import SpeechMarks
from agent.speech.tts import VoiceTts
from agent.speech.turn_taking.turn_end import TurnEnd
from agent.speech.voices.base import Voice

FALSE_ALARM_SECONDS = 0.02
"""From the end of an interruption that was none to the avatar's next sound."""
CONNECT = SessionConnectOptions(tts_conn_options=APIConnectOptions(max_retry=0))
"""A voice's process is started again by its worker; to ask once more only prolongs the silence."""


@dataclass(frozen=True, slots=True)
class SpeechOptions:
    """How one conversation listens and speaks.

    Attributes:
        stt: What listens, and says when a turn is over.
        tts: What speaks.
        turn_handling: When livekit answers, gives way and answers ahead of time.
        vad: None, since the recognition alone says when a person takes the floor.
    """

    stt: Recognition
    tts: VoiceTts
    turn_handling: TurnHandlingOptions
    vad: None = None

    def make_session(self, mind: llm.LLM[Any]) -> AgentSession[None]:
        """Returns livekit's session of a conversation with a mind, not yet started."""
        return AgentSession(
            llm=mind,
            stt=self.stt,
            vad=self.vad,
            tts=self.tts,
            turn_handling=self.turn_handling,
            tts_text_transforms=None,
            use_tts_aligned_transcript=False,
            aec_warmup_duration=None,
            user_away_timeout=None,
            session_close_transcript_timeout=0.0,
            conn_options=CONNECT,
        )


def session_options(
    settings: SpeechSettings,
    engines: SpeechEngines,
    voice: str,
    observe: SpeechMarks = marks.ignore,
    vocabulary: tuple[str, ...] = (),
) -> SpeechOptions:
    """Returns how one conversation listens and speaks.

    Args:
        settings: How to listen.
        engines: The loaded models.
        voice: Name of the voice that answers.
        observe: Takes the marks of each turn.
        vocabulary: Names that the person is likely to say, such as the persona's.

    Raises:
        NotFound: There is no such voice.
        LanguageUnavailable: The recogniser does not hear the language.
    """
    ears = engines.ears_for(settings.language)
    return options(settings, ears, engines.voice(voice), observe, vocabulary)


def options(
    settings: SpeechSettings,
    ears: Ears,
    voice: Voice,
    observe: SpeechMarks = marks.ignore,
    vocabulary: tuple[str, ...] = (),
) -> SpeechOptions:
    """Returns the same for any ears and voice."""
    return SpeechOptions(
        stt=Recognition(
            ears,
            TurnEnd.of(settings),
            vad_mode=settings.vad_mode,
            language=settings.language,
            vocabulary=vocabulary,
            observe=observe,
            push_to_talk=settings.push_to_talk,
        ),
        tts=VoiceTts(voice, observe=observe, first_clause=settings.first_clause),
        turn_handling={
            "turn_detection": "stt",
            "endpointing": {"mode": "fixed", "min_delay": 0.0, "max_delay": 0.0},
            "interruption": {
                "mode": "vad",
                "resume_false_interruption": True,
                "false_interruption_timeout": FALSE_ALARM_SECONDS,
            },
            "preemptive_generation": {
                "enabled": settings.speculation,
                "preemptive_tts": True,
                "max_speech_duration": 60.0,
                "max_retries": 20,
            },
        },
    )
