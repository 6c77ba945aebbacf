"""Who moves the face: the agent, or somebody's camera.

While somebody else moves the face, nobody is listened to and nothing is said.
"""

import asyncio

from agent.errors import Busy, Driven
from agent.face.face import Face, Steering
from agent.session.io import Microphone

TAKEN_BACK_SECONDS = 2.0
"""In which the end of a drive, on a socket of its own, reaches the session."""


class FaceControl:
    """Who moves one face: the agent, unless somebody takes over.

    Args:
        face: What moves.
        microphone: Whose voice counts only while the agent moves the face.
    """

    def __init__(self, face: Face, microphone: Microphone) -> None:
        self._face = face
        self._microphone = microphone
        self._free = asyncio.Event()
        self._free.set()

    def take_over(self, steering: Steering) -> None:
        """Lets somebody else move the face.

        Args:
            steering: Changes the motion of every frame.

        Raises:
            Busy: Somebody does already.
        """
        if not self._free.is_set():
            raise Busy("This face is being moved already.")
        self._free.clear()
        self._face.steer(steering)
        self._microphone.held = True

    def give_back(self) -> None:
        """The agent goes on; whoever moved the face leads it back by itself."""
        self._microphone.held = False
        self._free.set()

    async def wait_until_given_back(self) -> None:
        """Waits until the agent moves the face; who just stopped may be a moment ahead of it.

        Raises:
            Driven: Somebody else goes on moving the face.
        """
        try:
            await asyncio.wait_for(self._free.wait(), TAKEN_BACK_SECONDS)
        except TimeoutError:
            raise Driven("The camera moves this face; stop it to talk.") from None
