"""The way of each frame from the face to the screen: who looks at it, and in which order."""

import logging
from collections.abc import Callable
from dataclasses import dataclass

from agent.errors import place_of
from agent.events import ErrorEvent, Event
from agent.face.expression import Expression
from agent.face.face import Face
from agent.face.presentation import Presenter
from agent.session.captions import Captioner
from agent.session.floor import Floor
from agent.session.greeting import Greeting
from agent.session.io import FaceOutput
from agent.session.outlet import MediaOutlet
from agent.session.timeline import Timeline
from render.types import AVUnit

logger = logging.getLogger(__name__)


@dataclass(frozen=True, slots=True)
class Onlookers:
    """Who looks at each frame of a face as it leaves."""

    expression: Expression
    timeline: Timeline
    floor: Floor
    captioner: Captioner
    output: FaceOutput
    presenter: Presenter
    greeting: Greeting


class Playback:
    """Plays one face to one client.

    Args:
        session: Opaque session id.
        face: Whose frames.
        outlet: Where they leave.
        onlookers: Who looks at them.
        emit: Sends an event to the client.
    """

    def __init__(
        self,
        session: str,
        face: Face,
        outlet: MediaOutlet,
        onlookers: Onlookers,
        emit: Callable[[Event], None],
    ) -> None:
        self.segment = 0
        """The segment that was spoken last."""
        self._session = session
        self._face = face
        self._outlet = outlet
        self._onlookers = onlookers
        self._emit = emit

    async def run(self) -> None:
        """Plays until cancelled."""
        try:
            async for unit in self._face.units():
                self._play(unit)
        except Exception as error:
            logger.error("session %s: the media loop failed: %s", self._session, place_of(error))
            self._emit(ErrorEvent(code="media_lost", message="Sound and picture stopped."))

    def _play(self, unit: AVUnit) -> None:
        look = self._onlookers
        look.expression.perform_unit(unit)
        if (transport := self._outlet.transport) is not None:
            self._observe_speech(unit)
            transport.send_unit(unit)
            look.presenter.review(unit)
            if not look.greeting.greeted and self._outlet.connected:
                look.greeting.greet(unit.pts)
        if unit.ended is not None:
            look.output.report_heard(unit.ended)

    def _observe_speech(self, unit: AVUnit) -> None:
        look = self._onlookers
        if unit.segment and unit.segment != self.segment:
            self.segment = unit.segment
            look.captioner.begin_segment()
            look.output.report_started()
        look.timeline.observe_unit(unit)
        look.floor.note_played(unit)
        if unit.position > 0:
            look.captioner.caption_unit(unit, look.timeline.turn, self._face.performer.words)
