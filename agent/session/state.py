"""What the avatar is doing, as the client is told and as its face shows."""

from collections.abc import Callable

from agent.events import Event, StateEvent
from agent.face.expression import Expression
from render.types import Attitude


class AgentState:
    """What the avatar is doing.

    Args:
        emit: Sends an event to the client.
        expression: Shows it.
    """

    def __init__(self, emit: Callable[[Event], None], expression: Expression) -> None:
        self._emit = emit
        self._expression = expression
        self._attitude = Attitude.IDLE

    @property
    def speaking(self) -> bool:
        """Whether the avatar speaks."""
        return self._attitude is Attitude.SPEAKING

    def change(self, attitude: Attitude) -> None:
        """Does something else from now on."""
        self._attitude = attitude
        self._expression.set_attitude(attitude)
        self.tell()

    def tell(self) -> None:
        """Tells the client what the avatar is doing."""
        self._emit(StateEvent.model_validate({"state": self._attitude.value}))
