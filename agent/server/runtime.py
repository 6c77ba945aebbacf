"""What all sessions share: models, people, minds; and how a session is made of them.

Imports the rooms below the server. Owns every process and thread pool it starts.
"""

import asyncio
import contextlib
import gc
import logging
import time
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from functools import partial

import cv2
import numpy as np
from numpy.typing import NDArray

from agent.conversation import MindLLM
from agent.errors import NotFound
from agent.events import Event, Hello
from agent.face import Face
from agent.ledger.exporters import JsonLines, Metrics
from agent.ledger.turns import TurnRecord
from agent.mind.mind import Mind
from agent.mind.persona import Persona, load_persona, persona_ids
from agent.models.llm import EmbeddedLlm
from agent.server.hub import Conversation, Seat
from agent.session import Session
from agent.settings import Settings
from agent.speech.engines import SpeechEngines
from agent.speech.session_options import session_options
from agent.timeline import Timeline
from agent.transport.base import Transport
from agent.transport.webrtc import WebRtcPeer
from render.face.avatar import AvatarBundle
from render.face.gallery import default_avatar
from render.motion.performer import Performer
from render.puppet.puppet import Puppet
from render.puppet.warm import warm_up

logger = logging.getLogger(__name__)

DRAWING_THREADS = 2
ENCODING_THREADS = 2
APOLOGY = "I'm sorry, something went wrong on my side. Could you say that again?"


class Models:
    """The models and people behind a server.

    Args:
        settings: The whole tree.
        metrics: Where finished turns are counted.
    """

    def __init__(self, settings: Settings, metrics: Metrics) -> None:
        self._settings = settings
        self._metrics = metrics
        prompts = settings.mind.prompts_dir
        self._personas = {name: load_persona(prompts, name) for name in persona_ids(prompts)}
        voices = tuple(sorted({persona.voice for persona in self._personas.values()}))
        self._speech = SpeechEngines(voices)
        self._language_model = EmbeddedLlm()
        self._mind = Mind(
            settings.mind,
            settings.knowledge_cache,
            embedded=self._language_model,
        )
        self._people: dict[str, AvatarBundle] = {}
        self._portraits: dict[str, bytes] = {}
        self._drawing = ThreadPoolExecutor(DRAWING_THREADS, "draw")
        self._encoding = ThreadPoolExecutor(ENCODING_THREADS, "encode")
        sinks: list[Callable[[TurnRecord], None]] = [metrics]
        if settings.ledger.jsonl is not None:
            sinks.append(JsonLines(settings.ledger.jsonl))
        self._sinks = tuple(sinks)

    async def start(self) -> None:
        """Loads everything at once; returns when a session can be served."""
        async with asyncio.TaskGroup() as tasks:
            tasks.create_task(self._speech.start())
            tasks.create_task(self._mind.start())
            tasks.create_task(asyncio.to_thread(self._meet_people))
        # What is loaded now stays: sparing it makes the collection after each session cheap.
        gc.collect()
        gc.freeze()

    def _meet_people(self) -> None:
        face = self._settings.face
        folder = self._settings.avatars_dir
        for persona in self._personas.values():
            bundle = default_avatar(persona.avatar, folder, face.people_package)
            self._people[persona.avatar] = bundle
            self._portraits[persona.avatar] = _jpeg(bundle, face.width, face.height)
        warm_up(bundle)

    async def stop(self) -> None:
        """Ends all model processes and threads."""
        await asyncio.gather(self._speech.aclose(), self._mind.aclose())
        self._drawing.shutdown(cancel_futures=True)
        self._encoding.shutdown(cancel_futures=True)

    def personas(self) -> list[dict[str, str]]:
        """Returns id, name, description and portrait of each persona, the default one first."""
        default = self._settings.mind.persona
        return [
            {
                "id": p.id,
                "name": p.name,
                "description": f"You can ask me about {p.topics}.",
                "avatar": f"/v1/avatars/{p.avatar}.jpg",
            }
            for p in sorted(self._personas.values(), key=lambda p: (p.id != default, p.id))
        ]

    def portrait(self, avatar: str) -> bytes:
        """Returns a JPEG of an avatar at rest. Raises NotFound."""
        if avatar not in self._portraits:
            raise NotFound("There is no such avatar.")
        return self._portraits[avatar]

    def health(self) -> dict[str, bool]:
        """Returns whether each model's process is up."""
        speech = {worker.name: worker.ready for worker in self._speech.health()}
        if self._mind.external:
            return speech
        return {**speech, "language-model": self._language_model.process_id is not None}

    async def create(self, seat: Seat, persona: str | None) -> Conversation:
        """Makes the conversation of a new seat.

        Raises:
            NotFound: No such persona.
        """
        who = self._personas.get(persona or self._settings.mind.persona)
        if who is None:
            raise NotFound("There is no such persona.")
        emit = _outbox(seat)
        size = (self._settings.face.width, self._settings.face.height)
        puppet = await asyncio.to_thread(Puppet, self._people[who.avatar], *size)
        session = self._assemble(seat, who, puppet, emit)
        await session.start()
        return session

    def _assemble(
        self, seat: Seat, who: Persona, puppet: Puppet, emit: Callable[[Event], None]
    ) -> Session:
        seed = int.from_bytes(seat.id.encode()[:6], "big")
        face = Face(Performer(seed=seed), puppet, self._drawing)
        observe = _Relay()
        options = session_options(
            self._settings.speech, self._speech, who.voice, observe, _vocabulary(who)
        )
        session = Session(
            _hello(seat, who, self._settings),
            face,
            MindLLM(partial(self._mind.answer, persona=who.id), APOLOGY),
            options,
            Timeline(seat.id, self._sinks, emit),
            self._negotiate,
            emit,
            self._metrics.interruptions.inc,
        )
        observe.target = session.speech_mark
        return session

    async def _negotiate(
        self, offer: str, microphone: Callable[[NDArray[np.int16]], None]
    ) -> tuple[Transport, str, int]:
        face = self._settings.face
        peer = WebRtcPeer(
            self._settings.webrtc, face.width, face.height, self._encoding, time.monotonic
        )
        peer.on_microphone = microphone
        answer, origin = await peer.answer(offer)
        return peer, answer, origin


def _jpeg(bundle: AvatarBundle, width: int, height: int) -> bytes:
    """Draws a person at rest."""
    rgba = Puppet(bundle, width, height).draw(Performer().advance().motion)
    good, encoded = cv2.imencode(".jpg", cv2.cvtColor(rgba, cv2.COLOR_RGBA2BGR))
    assert good
    return encoded.tobytes()


class _Relay:
    """Passes speech marks to a session that does not exist yet when the plugins are made."""

    def __init__(self) -> None:
        self.target: Callable[[str, float], None] | None = None

    def __call__(self, name: str, at: float) -> None:
        if self.target is not None:
            self.target(name, at)


def _outbox(seat: Seat) -> Callable[[Event], None]:
    def emit(event: Event) -> None:
        with contextlib.suppress(asyncio.QueueFull):
            seat.outbox.put_nowait(event)

    return emit


def _vocabulary(who: Persona) -> tuple[str, ...]:
    """Names the recogniser would not know."""
    return tuple(dict.fromkeys([*(name.name for name in who.names), who.name]))


def _hello(seat: Seat, who: Persona, settings: Settings) -> Hello:
    return Hello(
        session=seat.id,
        persona=who.id,
        name=who.name,
        greeting=who.greeting,
        disclosure=who.disclosure,
        language=who.language,
        ice_servers=list(settings.webrtc.ice_servers),
    )
