"""What comes in writing: words to answer, and words to say as they are.

Joins livekit's `AgentSession` to the timeline and the protocol.
"""

from collections.abc import Awaitable, Callable

from livekit.agents import AgentSession

from agent.errors import BadRequest
from agent.events import Event, SpeakEvent, TextEvent, UserTranscriptEvent
from agent.session.timeline import Timeline


class TypedInput:
    """Takes what is written in one session.

    Args:
        session: Who answers and speaks.
        timeline: Where each becomes a turn.
        emit: Sends an event to the client.
        interrupt: Stops the avatar and forgets what was said so far.
        begin: Told that a new answer begins.
    """

    def __init__(
        self,
        session: AgentSession[None],
        timeline: Timeline,
        emit: Callable[[Event], None],
        interrupt: Callable[[], Awaitable[None]],
        begin: Callable[[], None],
    ) -> None:
        self._session = session
        self._timeline = timeline
        self._emit = emit
        self._interrupt = interrupt
        self._begin = begin

    async def take(self, event: TextEvent | SpeakEvent) -> None:
        """Ends what is being said; answers a text, says a speech word for word.

        Raises:
            BadRequest: There is nothing but space in it.
        """
        text = " ".join(event.text.split())
        if not text:
            raise BadRequest("The text is empty.")
        await self._interrupt()
        turn = self._timeline.open("text", request=event.request)
        self._begin()
        if isinstance(event, SpeakEvent):
            self._session.say(text)
            return
        self._emit(UserTranscriptEvent(turn=turn, text=text, final=True, request=event.request))
        self._session.generate_reply(user_input=text)
