"""What comes in writing: words to answer, and words to say as they are.

Joins livekit's `AgentSession` to the timeline and the protocol.
"""

from collections.abc import Callable
from functools import partial

from livekit.agents import AgentSession
from livekit.agents.voice import SpeechHandle

from agent.errors import BadRequest
from agent.events import Event, SpeakEvent, TextEvent, UserTranscriptEvent
from agent.session.apology import Apologist
from agent.session.interruption import Interruption
from agent.session.timeline import Timeline
from agent.session.transcripts import AgentTranscript


class TypedInput:
    """Takes what is written in one session.

    Args:
        session: Who answers and speaks.
        timeline: Where each becomes a turn.
        emit: Sends an event to the client.
        interruption: Stops the avatar and forgets what was said so far.
        said: What the avatar says; begins anew.
        apologist: May have something to say where the voice failed.
    """

    def __init__(
        self,
        session: AgentSession[None],
        timeline: Timeline,
        emit: Callable[[Event], None],
        interruption: Interruption,
        said: AgentTranscript,
        apologist: Apologist,
    ) -> None:
        self._session = session
        self._timeline = timeline
        self._emit = emit
        self._interruption = interruption
        self._said = said
        self._apologist = apologist

    async def answer_text(self, event: TextEvent | SpeakEvent) -> None:
        """Ends what is being said; answers a text, says a speech word for word.

        Raises:
            BadRequest: There is nothing but space in it.
        """
        text = " ".join(event.text.split())
        if not text:
            raise BadRequest("The text is empty.")
        await self._interruption.interrupt()
        turn = self._timeline.open_turn("text", request=event.request)
        self._said.begin()
        if isinstance(event, SpeakEvent):
            speech = self._session.say(text)
        else:
            heard = UserTranscriptEvent(turn=turn, text=text, final=True, request=event.request)
            self._emit(heard)
            speech = self._session.generate_reply(user_input=text)

        def end(done: SpeechHandle) -> None:
            end_turn = partial(
                self._said.end_turn, turn, event.request, interrupted=done.interrupted
            )
            self._apologist.after_apology(end_turn)

        speech.add_done_callback(end)
