"""Who observes hearing, the mind, the voice and livekit for one session, and what follows from it.

Nothing a person says is logged; of a provider's errors only the kind, since their texts may quote
the conversation.
"""

import logging
from collections.abc import Callable
from typing import Any

from livekit.agents import AgentSession, llm

from agent.events import Event
from agent.face.expression import Expression
from agent.face.presentation import Presenter
from agent.ledger.turns import Mark
from agent.mind.persona.cues import CueSheet
from agent.session.apology import Apologist
from agent.session.failure import error_event
from agent.session.playback import Playback
from agent.session.state import AgentState
from agent.session.timeline import Timeline
from agent.session.transcripts import AgentTranscript, UserTranscript
from agent.speech import marks
from render.types import Attitude

logger = logging.getLogger(__name__)

ATTITUDES: dict[str, Attitude] = {
    "initializing": Attitude.IDLE,
    "idle": Attitude.IDLE,
    "listening": Attitude.IDLE,
    "thinking": Attitude.THINKING,
    "speaking": Attitude.SPEAKING,
}
"""What each of livekit's agent states looks like."""
SPEECH_MARKS = {
    marks.SPEECH_ENDED: Mark.SPEECH_END,
    marks.TRANSCRIPT_READY: Mark.TRANSCRIPT,
    marks.TURN_COMMITTED: Mark.TURN_END,
}


class TurnObserver:
    """Takes the recogniser's moments (`SpeechMarks`); a committed turn opens its record."""

    def __init__(
        self,
        timeline: Timeline,
        heard: UserTranscript,
        said: AgentTranscript,
        state: AgentState,
    ) -> None:
        self._timeline = timeline
        self._heard = heard
        self._said = said
        self._state = state
        self._spoken: dict[Mark, float] = {}

    def __call__(self, name: str, at: float) -> None:
        """See `SpeechMarks`."""
        if name in SPEECH_MARKS:
            self._spoken[SPEECH_MARKS[name]] = at
        if name == marks.TURN_COMMITTED and Mark.SPEECH_END in self._spoken:
            self._timeline.open_turn("voice", self._spoken)
            self._spoken = {}
            self._said.begin()
            self._heard.on_turn_committed(self._timeline.turn)
        if name == marks.SPEECH_STARTED:
            self._heard.on_speech_started()
        if name == marks.TURN_CONTINUED:
            self._take_back()

    def _take_back(self) -> None:
        """The last turn was not whole: the next one will hold its words too."""
        self._heard.take_back(self._timeline.turn)
        if not self._state.speaking:
            self._said.take_back()


class AnswerReporter:
    """Observes the mind's answers (`AnswerObserver`)."""

    def __init__(
        self,
        session: str,
        timeline: Timeline,
        said: AgentTranscript,
        emit: Callable[[Event], None],
    ) -> None:
        self._session = session
        self._timeline = timeline
        self._said = said
        self._emit = emit

    def on_asked(self) -> None:
        """See `AnswerObserver`."""
        self._said.begin()

    def on_first_token(self) -> None:
        """See `AnswerObserver`."""
        self._timeline.on_answer()

    def on_failure(self, error: Exception) -> None:
        """See `AnswerObserver`."""
        logger.warning("session %s: no answer: %s", self._session, type(error).__name__)
        self._emit(error_event(error))


class SpeechReporter:
    """Observes the speech that the face is given (`SpeechObserver`)."""

    def __init__(self, timeline: Timeline, expression: Expression) -> None:
        self._timeline = timeline
        self._expression = expression

    def on_first_sound(self) -> None:
        """See `SpeechObserver`."""
        self._timeline.on_first_sound()

    def on_cues(self, segment: int, sheet: CueSheet) -> None:
        """See `SpeechObserver`."""
        self._expression.on_cues(segment, sheet)

    def on_speech_cut(self) -> None:
        """See `SpeechObserver`."""
        self._expression.on_speech_cut()


class SpeakingSwitch:
    """Turns livekit's voice off and on (`SpeechSwitch`)."""

    def __init__(self, session: AgentSession[None]) -> None:
        self._session = session

    def enable_speech(self, on: bool) -> None:
        """See `SpeechSwitch`."""
        self._session.output.set_audio_enabled(on)
        if not on:
            self._session.interrupt(force=True)


class LivekitObserver:
    """Takes the events of livekit's `AgentSession`."""

    def __init__(
        self,
        session: str,
        livekit: AgentSession[None],
        timeline: Timeline,
        heard: UserTranscript,
        said: AgentTranscript,
        state: AgentState,
        apologist: Apologist,
        presenter: Presenter,
        playback: Playback,
        emit: Callable[[Event], None],
    ) -> None:
        self.closing = False
        """Whether the session ends: what fails then is not apologised for."""
        self._session = session
        self._livekit = livekit
        self._timeline = timeline
        self._heard = heard
        self._said = said
        self._state = state
        self._apologist = apologist
        self._presenter = presenter
        self._playback = playback
        self._emit = emit
        livekit.on("agent_state_changed", self._on_agent_state)
        livekit.on("user_state_changed", self._on_user_state)
        livekit.on("user_input_transcribed", self._on_transcribed)
        livekit.on("conversation_item_added", self._on_item)
        livekit.on("error", self._on_error)

    def _on_agent_state(self, event: Any) -> None:
        attitude = ATTITUDES[event.new_state]
        if attitude is Attitude.IDLE and self._livekit.user_state == "speaking":
            attitude = Attitude.LISTENING
        self._state.change(attitude)

    def _on_user_state(self, event: Any) -> None:
        if event.new_state == "speaking":
            self._state.change(Attitude.LISTENING)
        else:
            self._apologist.on_silence()

    def _on_transcribed(self, event: Any) -> None:
        self._apologist.on_understood()
        self._heard.add_words(event.transcript, self._timeline.turn, final=event.is_final)

    def _on_item(self, event: Any) -> None:
        item = event.item
        if isinstance(item, llm.ChatMessage) and item.role == "assistant":
            spoken = self._presenter.shown != "text"
            self._said.finish(
                item.text_content or "",
                interrupted=item.interrupted,
                segment=self._playback.segment if spoken else None,
            )

    def _on_error(self, event: Any) -> None:
        error = getattr(event.error, "error", event.error)
        logger.warning("session %s: %s", self._session, type(error).__name__)
        self._emit(error_event(error))
        if not self.closing:
            self._apologist.on_failure(event.error)
