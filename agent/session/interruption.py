"""Stopping the avatar, and what was being said to it."""

from livekit.agents import AgentSession

from agent.session.transcripts import UserTranscript


class Interruption:
    """Stops the avatar and forgets what was said so far.

    Args:
        session: Who speaks and listens.
        heard: What the person said in this turn.
    """

    def __init__(self, session: AgentSession[None], heard: UserTranscript) -> None:
        self._session = session
        self._heard = heard

    async def interrupt(self) -> None:
        """Stops; returns when the avatar is silent."""
        self._heard.clear()
        self._session.clear_user_turn()
        await self._session.interrupt(force=True)
