"""How the avatar introduces itself: the event that opens a session, and its first words.

Joins livekit's `AgentSession` to the timeline and the protocol.
"""

from collections.abc import Callable

from livekit.agents import AgentSession

from agent.errors import Unavailable
from agent.events import Event, HelloEvent, SetVariablesEvent
from agent.session.role import Role
from agent.session.timeline import Timeline


class Greeting:
    """Introduces the avatar of one session.

    Args:
        session: Who speaks.
        timeline: Where the greeting becomes a turn.
        emit: Sends an event to the client.
        hello: The first event.
        greeting: The first words, with tags; empty for none.
        role: What the two are made of anew when variables change; None where they cannot.

    Attributes:
        greeted: Whether the moment of the first words has come.
    """

    def __init__(
        self,
        session: AgentSession[None],
        timeline: Timeline,
        emit: Callable[[Event], None],
        hello: HelloEvent,
        greeting: str,
        role: Role | None = None,
    ) -> None:
        self.greeted = False
        self._session = session
        self._timeline = timeline
        self._emit = emit
        self._hello = hello
        self._greeting = greeting
        self._role = role

    def say_hello(self) -> None:
        """Tells the client who is there."""
        self._emit(self._hello)

    def skip_greeting(self) -> None:
        """There are no first words: the client begins."""
        self._greeting = ""

    def greet(self, pts: int) -> None:
        """The face is on a screen, with this frame: speaks first, unless somebody else does."""
        self.greeted = True
        self._timeline.watch_first_frame(pts)
        if self._greeting:
            self._timeline.open_turn("greeting")
            self._session.say(self._greeting)

    def change_variables(self, event: SetVariablesEvent) -> None:
        """Gives variables other values from now on, and says hello anew.

        Raises:
            Unavailable: Nothing here has variables.
            UnknownVariable: The persona has no such variable.
            BadVariable: A value cannot be filled in.
        """
        if self._role is None:
            raise Unavailable("Nobody here has variables.")
        self._role.change(event.variables)
        if self._greeting:
            self._greeting = self._role.persona.greeting
        self._hello = self._role.hello()
        self.say_hello()
