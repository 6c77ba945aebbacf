"""The session: a conversation with a face, which is kept up across lost connections."""

import asyncio
import inspect
import logging
import random
import secrets
from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace
from typing import Any, Literal, Self, TypeVar, overload

from visavis_client.api import Lease, Token, Who
from visavis_client.clock import Offset
from visavis_client.errors import SessionError
from visavis_client.event_types import (
    ConversationName,
    Event,
    Hello,
    Presented,
    State,
)
from visavis_client.events import InvalidEvent
from visavis_client.link import Link, Media, Wiring
from visavis_client.reconnect import Reconnect

logger = logging.getLogger(__name__)

GONE = frozenset({"not_found", "unauthorized"})
"""What the server says of a session that cannot be rejoined any more."""
STABLE_SECONDS = 10.0
"""A connection that lasted this long may fail anew with all its attempts."""
Emotion = Literal["neutral", "happy", "sad", "surprised", "concerned", "thinking"]
E = TypeVar("E", bound=Event)
MediaMaker = Callable[["Session", Link], Media]


@dataclass(frozen=True, slots=True)
class Connection:
    """The connection's state.

    Attributes:
        reason: An error's code or a closing's reason; empty if it goes without saying.
        retry_at: Seconds since 1970 of the next attempt, or of when the server asked to come back.
    """

    state: Literal["connecting", "connected", "reconnecting", "closed"] = "closed"
    reason: str = ""
    retry_at: float | None = None


@dataclass(frozen=True, slots=True)
class Conversation:
    """What the avatar is doing, and why; an empty reason if that goes without saying."""

    state: ConversationName = "idle"
    reason: str = ""


@dataclass(frozen=True, slots=True)
class Microphone:
    """Whether the server hears a microphone, and why not."""

    state: Literal["off", "on", "muted"] = "off"
    reason: str = ""


class Session:
    """A conversation with a face.

    Listeners (`on`) are told of `connection`, `conversation` and `microphone` (a state changed),
    of each event of the server under its type, of any of them as `received`, of what was sent as
    `sent`, and of messages that are no known events as `invalid`.

    Methods that return a boolean tell whether the wish was sent: only while connected. Those that
    return an id return None if it was not.

    Args:
        token: A session token, or what fetches one; None where sessions are open to all.
        api_url: Where the server is.
        persona: Who to talk to; the server's default if None.
        avatar: With which face; the persona's own if None.
        variables: What stands for the variables of the persona's texts.
        greet: Whether the avatar speaks first; if not, it waits for you to begin.
        wiring: How the world is reached.
        chance: Spreads reconnections, a source of numbers in [0, 1).
    """

    def __init__(
        self,
        token: Token | None = None,
        *,
        api_url: str = "http://localhost:8010",
        persona: str | None = None,
        avatar: str | None = None,
        variables: Mapping[str, str] | None = None,
        greet: bool = True,
        wiring: Wiring | None = None,
        chance: Callable[[], float] = random.random,
    ) -> None:
        self.connection = Connection()
        self.conversation = Conversation()
        self.microphone = Microphone()
        self._api_url = api_url.rstrip("/")
        self._who = Who(persona, avatar, variables, token, greet)
        self._wiring = wiring or Wiring()
        self._chance = chance
        self._listeners: dict[str, list[Callable[[Any], object]]] = {}
        self._presentation: Presented = "text"
        self._make_media: MediaMaker | None = None
        self._reconnect = Reconnect(chance=chance)
        self._link: Link | None = None
        self._lease: Lease | None = None
        self._keeping: asyncio.Task[None] | None = None
        self._errands: set[asyncio.Future[Any]] = set()
        self._stopped = asyncio.Event()

    # ------------------------------------------------------------ life

    async def start(self) -> None:
        """Connects. Raises SessionError, which says why the server refused or what failed."""
        if self.connection.state != "closed":
            return
        self._reconnect = Reconnect(chance=self._chance)
        self._lease = None
        self._stopped.clear()
        self._become("connecting")
        try:
            link = await self._connect()
        except SessionError as error:
            self._end(error.code, error.retry_after)
            raise
        except BaseException:
            self._end("goodbye")
            raise
        self._keeping = asyncio.create_task(self._keep(link), name="visavis session")

    async def stop(self) -> None:
        """Ends the conversation."""
        if self.connection.state == "closed":
            return
        keeping, self._keeping = self._keeping, None
        if keeping is not None:
            keeping.cancel()
            await asyncio.gather(keeping, return_exceptions=True)
        if self._link is not None:
            await self._link.close()
        self._end("goodbye")

    async def wait_closed(self) -> str:
        """Waits until the session is over for good; returns the reason."""
        await self._stopped.wait()
        return self.connection.reason

    async def __aenter__(self) -> Self:
        await self.start()
        return self

    async def __aexit__(self, *exception: object) -> None:
        await self.stop()

    # ------------------------------------------------------------ listening

    @overload
    def on(self, kind: str, listener: Callable[[Any], object]) -> Callable[[], None]: ...

    @overload
    def on(self, kind: type[E], listener: Callable[[E], object]) -> Callable[[], None]: ...

    def on(self, kind: str | type[Event], listener: Callable[[Any], object]) -> Callable[[], None]:
        """Listens to one kind of events, by name or type; returns what stops it.

        A listener may be a coroutine function; it then runs beside the session.
        """
        name = kind if isinstance(kind, str) else kind.type
        self._listeners.setdefault(name, []).append(listener)
        return lambda: self.off(name, listener)

    def off(self, kind: str | type[Event], listener: Callable[[Any], object]) -> None:
        """Listens no more."""
        name = kind if isinstance(kind, str) else kind.type
        if listener in (listeners := self._listeners.get(name, [])):
            listeners.remove(listener)

    def _emit(self, name: str, detail: object) -> None:
        for listener in tuple(self._listeners.get(name, ())):
            try:
                result = listener(detail)
            except Exception:
                logger.exception("a listener of %s failed", name)
                continue
            if inspect.isawaitable(result):
                errand = asyncio.ensure_future(result)
                self._errands.add(errand)
                errand.add_done_callback(self._errands.discard)

    # ------------------------------------------------------------ wishes

    def speak(self, text: str) -> str | None:
        """Has the avatar say something word for word.

        Args:
            text: Up to 4,000 characters.

        Returns:
            The id that the events of this turn carry as `request`; None if it was not sent.
        """
        return self._say("speak", text)

    def message(self, text: str) -> str | None:
        """Has the avatar answer something, as if the person had said it; returns as `speak`."""
        return self._say("text", text)

    def _say(self, kind: str, text: str) -> str | None:
        trimmed, request = text.strip(), secrets.token_hex(8)
        sent = trimmed != "" and self.send(kind, text=trimmed, request=request)
        return request if sent else None

    def interrupt(self) -> bool:
        """Has the avatar stop speaking."""
        return self.send("interrupt")

    def push_to_talk(self, pressed: bool) -> bool:
        """The person holds a button to talk, or lets go: what is said between is one turn."""
        return self.send("push_to_talk", pressed=pressed)

    def set_variables(self, variables: Mapping[str, str]) -> bool:
        """Says what variables of the persona's texts stand for; those not named stay.

        The server answers with a new `Hello`, or an `Error`: `unknown_variable`, `bad_variable`.
        """
        return self.send("set_variables", variables=dict(variables))

    def set_speed(self, speed: float) -> bool:
        """Says how fast the avatar speaks from the next thing it says on, 0.5 to 2."""
        return self.send("set_speed", speed=speed)

    def set_emotion(self, emotion: Emotion, intensity: float = 1.0) -> bool:
        """Says what the face feels from now on; intensity in [0, 1]."""
        return self.send("set_emotion", emotion=emotion, intensity=intensity)

    def gesture(self, name: str) -> bool:
        """Has the face do something once: nod, shake, wink, brows, tilt, ..."""
        return self.send("gesture", name=name)

    def look_at(self, x: float, y: float, seconds: float = 2.0) -> bool:
        """Has the face look to its own left and up, each in [-1, 1]; 0, 0 is into the camera."""
        return self.send("look_at", x=x, y=y, seconds=seconds)

    def present(self, presentation: Presented) -> None:
        """Says what to send: pictures, sound alone or text alone. Sound needs attached media."""
        self._presentation = presentation
        self.send("set_presentation", presentation=presentation)

    def set_persona(self, persona: str | None) -> None:
        """Chooses who to talk to from the next start on."""
        self._who = replace(self._who, persona=persona)

    def set_avatar(self, avatar: str | None) -> None:
        """Chooses the face from the next start on."""
        self._who = replace(self._who, avatar=avatar)

    def use_media(self, make: MediaMaker, presentation: Presented) -> None:
        """Says what brings sound and pictures from the next connection on; see `media.attach`."""
        self._make_media, self._presentation = make, presentation

    def set_microphone(self, on: bool, reason: str = "") -> bool:
        """Opens or mutes the microphone that the media bring; returns whether the server knows."""
        self.microphone = Microphone("on" if on else "muted", reason)
        self._emit("microphone", self.microphone)
        return self.send("microphone", enabled=on)

    def send(self, kind: str, **fields: Any) -> bool:
        """Sends any event of the protocol; returns whether it was: only while connected."""
        if self.connection.state != "connected" or self._link is None:
            return False
        return self._link.send(kind, **fields)

    @property
    def clock_offset(self) -> Offset | None:
        """Server clock minus this one; None before the first pong."""
        return self._link.clock.best if self._link else None

    # ------------------------------------------------------------ staying connected

    async def _connect(self) -> Link:
        try:
            return await self._open()
        except SessionError as error:
            if self._lease is None or error.code not in GONE:
                raise
            self._lease = None
            return await self._open()

    async def _open(self) -> Link:
        link = self._link = Link(self._wiring, self._api_url, self._who, self._lease)
        if self._make_media is not None:
            link.bring(self._make_media(self, link))
        link.on_received = self._received
        link.on_invalid = self._invalid
        link.on_sent = lambda event: self._emit("sent", event)
        await link.open(self._presentation)
        self._lease = link.lease
        self._become("connected")
        if self.microphone.state != "off":
            self.send("microphone", enabled=self.microphone.state == "on")
        return link

    async def _keep(self, link: Link) -> None:
        """Brings the connection back whenever it is lost, until that makes no sense."""
        clock = self._wiring.clock
        while True:
            opened = clock.now()
            error = await asyncio.shield(link.lost)
            if clock.now() - opened >= STABLE_SECONDS:
                self._reconnect.succeeded()
            self._lease = link.lease
            await link.leave()
            self._converse("idle", "disconnected")
            again = await self._try_again(error)
            if again is None:
                return
            link = again

    async def _try_again(self, error: SessionError) -> Link | None:
        """Returns the next connection; None, with the session closed, if there is to be none."""
        clock = self._wiring.clock
        while True:
            delay = self._reconnect.delay_after(error.code, error.retry_after)
            if delay is None:
                self._end("lost" if error.code == "network" else error.code)
                return None
            self._become("reconnecting", error.code, clock.now() + delay)
            await clock.sleep(delay)
            self._become("reconnecting", error.code)
            try:
                return await self._connect()
            except SessionError as failure:
                error = failure

    def _end(self, reason: str, retry_after: int | None = None) -> None:
        self._link = None
        self._converse("idle", reason)
        at = None if retry_after is None else self._wiring.clock.now() + retry_after
        self._become("closed", reason, at)
        self._stopped.set()

    def _received(self, event: Event) -> None:
        if isinstance(event, State):
            self._converse(event.state)
        if isinstance(event, Hello) and event.variables is not None:  # for a session opened anew
            self._who = replace(self._who, variables=event.variables)
        self._emit("received", event)
        self._emit(event.type, event)

    def _invalid(self, invalid: InvalidEvent) -> None:
        self._emit("invalid", invalid)

    def _become(
        self,
        state: Literal["connecting", "connected", "reconnecting", "closed"],
        reason: str = "",
        retry_at: float | None = None,
    ) -> None:
        self.connection = Connection(state, reason, retry_at)
        self._emit("connection", self.connection)

    def _converse(self, state: ConversationName, reason: str = "") -> None:
        if self.conversation.state != state:
            self.conversation = Conversation(state, reason)
            self._emit("conversation", self.conversation)


def create_session(
    token: Token | None = None,
    *,
    api_url: str = "http://localhost:8010",
    persona: str | None = None,
    avatar: str | None = None,
    variables: Mapping[str, str] | None = None,
    greet: bool = True,
) -> Session:
    """Makes a session, not started yet; see `Session`."""
    return Session(
        token, api_url=api_url, persona=persona, avatar=avatar, variables=variables, greet=greet
    )
