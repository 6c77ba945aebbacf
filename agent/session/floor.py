"""Who has the floor: tells the recognition what the avatar says, and when a button is held.

Joins `agent.speech` to a session. Knows no events and no transports.
"""

import asyncio

from agent.session.interruption import Interruption
from agent.session.io import Microphone
from agent.speech.listening.recognition import Recognition
from render.clock import AUDIO_RATE
from render.types import AVUnit, Word

TAIL_SECONDS = 0.2
"""The last words are still on their way when the button is let go."""


class Floor:
    """One person's floor.

    Args:
        recognition: What listens.
        microphone: Closed while the button is not held, once it has been used.
        interruption: Stops the avatar and forgets what was said so far.
    """

    def __init__(
        self,
        recognition: Recognition,
        microphone: Microphone,
        interruption: Interruption,
    ) -> None:
        self._recognition = recognition
        self._microphone = microphone
        self._interruption = interruption
        self._letting_go: asyncio.TimerHandle | None = None
        microphone.enabled = not recognition.push_to_talk

    def note_played(self, unit: AVUnit) -> None:
        """Takes what leaves, so that its echo is known."""
        if unit.segment:
            self._recognition.own_voice.played(unit.samples, AUDIO_RATE)

    def note_words(self, words: list[Word]) -> None:
        """Takes the words that come next."""
        self._recognition.own_voice.says(" ".join(word.text for word in words))

    async def press_button(self, pressed: bool) -> None:
        """Push-to-talk: all that is said while it is pressed is one turn."""
        if self._letting_go is not None:
            self._letting_go.cancel()
            self._letting_go = None
        if pressed:
            self._microphone.enabled = True
            self._recognition.hold()
            await self._interruption.interrupt()
        elif self._recognition.held:
            loop = asyncio.get_running_loop()
            self._letting_go = loop.call_later(TAIL_SECONDS, self._let_go)

    def _let_go(self) -> None:
        self._letting_go = None
        self._microphone.enabled = False
        self._recognition.release()
