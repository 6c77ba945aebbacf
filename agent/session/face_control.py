"""Who moves the face: the agent, or somebody's camera.

While somebody else moves the face, nobody is listened to and nothing is said.
"""

import asyncio
from collections.abc import Callable

from agent.errors import Busy, Driven
from agent.face.face import Face
from agent.session.io import Microphone
from render.types import Motion

TAKEN_BACK_SECONDS = 2.0
"""In which the end of a drive, on a socket of its own, reaches the session."""


class FaceControl:
    """The reins of one face, which the agent holds unless somebody takes them.

    Args:
        face: What moves.
        microphone: Whose voice counts only while the agent holds them.
    """

    def __init__(self, face: Face, microphone: Microphone) -> None:
        self._face = face
        self._microphone = microphone
        self._free = asyncio.Event()
        self._free.set()

    def take(self, steer: Callable[[int, Motion], Motion]) -> None:
        """Lets somebody else move the face.

        Args:
            steer: Told the number of each frame and what the face would do by itself; returns
                what it does.

        Raises:
            Busy: Somebody does already.
        """
        if not self._free.is_set():
            raise Busy("This face is being moved already.")
        self._free.clear()
        self._face.steer = steer
        self._microphone.held = True

    def give_back(self) -> None:
        """The agent goes on; whoever moved the face leads it back by itself."""
        self._microphone.held = False
        self._free.set()

    async def held_by_agent(self) -> None:
        """Waits until the agent holds them; who just stopped may be a moment ahead of it.

        Raises:
            Driven: Somebody else goes on moving the face.
        """
        try:
            await asyncio.wait_for(self._free.wait(), TAKEN_BACK_SECONDS)
        except TimeoutError:
            raise Driven("The camera moves this face; stop it to talk.") from None
