"""The avatars of a server: listed, made, drawn, filmed and deleted, off the event loop."""

import asyncio
from collections import OrderedDict
from collections.abc import AsyncIterator, Iterable
from contextlib import AbstractContextManager
from pathlib import Path
from typing import Protocol

from agent.avatars.booth import draw_portrait
from agent.avatars.clone import Photos
from agent.avatars.record import AvatarRecord, agreed, clean_name
from agent.avatars.store import AvatarStore, utc_now
from agent.avatars.studio import PhotoStudio
from render.face.avatar import AvatarBundle
from render.types import AudioChunk

KEPT = 8
"""Bundles kept in memory, about a megabyte each."""
PREVIEW_SIZE = (512, 512)
PREVIEW_WORDS = "Hello, I am {name}. This is how I look when I talk. Nice to meet you!"


class SpeechSource(Protocol):
    """What a film needs of a voice."""

    name: str

    def speak(self, text: str) -> AsyncIterator[AudioChunk]:
        """Yields `text` as sound."""
        ...


class Avatars:
    """All avatars of a server.

    Args:
        store: Where they are kept.
        studio: Where they are made.
        size: Width and height of portraits, pixels.
    """

    def __init__(self, store: AvatarStore, studio: PhotoStudio, size: tuple[int, int]) -> None:
        self._store = store
        self._studio = studio
        self._size = size
        self._bundles: OrderedDict[str, AvatarBundle] = OrderedDict()
        self._portraits: dict[str, bytes] = {}
        self._filming = asyncio.Lock()

    def meet(self, people: Iterable[str]) -> None:
        """Builds, loads and draws default people (seconds at the very first start)."""
        for avatar in dict.fromkeys(people):
            self._bundles[avatar] = bundle = self._store.load(avatar)
            self._portraits[avatar] = draw_portrait(bundle, *self._size)

    async def aclose(self) -> None:
        """Ends the studio."""
        await self._studio.aclose()

    def place(self) -> AbstractContextManager[None]:
        """Holds a place in the studio for the length of a block; raises Busy."""
        return self._studio.place()

    def known(self, own: Iterable[str] = ()) -> list[AvatarRecord]:
        """Returns what everybody may choose from, and those of `own` ids that exist."""
        wanted = set(own)
        return [record for record in self._store.list() if record.shared or record.id in wanted]

    def get(self, avatar: str) -> AvatarRecord:
        """Returns what is known of one avatar. Raises NotFound."""
        return self._store.get(avatar)

    def file(self, avatar: str) -> Path:
        """Returns the `.avatar` file, built now where it is a default person's. Raises NotFound."""
        self._store.load(avatar)
        return self._store.bundle_file(avatar)

    async def bundle(self, avatar: str) -> AvatarBundle:
        """Returns what is drawn of an avatar. Raises NotFound."""
        if avatar not in self._bundles:
            loaded = await asyncio.to_thread(self._store.load, avatar)
            self._bundles[avatar] = loaded
            while len(self._bundles) > KEPT:
                self._bundles.popitem(last=False)
            return loaded
        self._bundles.move_to_end(avatar)
        return self._bundles[avatar]

    async def portrait(self, avatar: str) -> bytes:
        """Returns a JPEG of an avatar at rest. Raises NotFound."""
        stored = await asyncio.to_thread(self._store.portrait, avatar)
        if stored is not None:
            return stored
        if avatar not in self._portraits:
            bundle = await self.bundle(avatar)
            self._portraits[avatar] = await asyncio.to_thread(draw_portrait, bundle, *self._size)
        return self._portraits[avatar]

    async def create_avatar(
        self, photos: Photos, name: str, consent_by: str
    ) -> tuple[AvatarRecord, str]:
        """Makes an avatar and keeps it. The caller holds a place.

        Args:
            photos: Of one person.
            name: Of the avatar.
            consent_by: Who agrees that this face may be used.

        Returns:
            Its record, and the token that deletes it.

        Raises:
            BadRequest: The name cannot be shown.
            ConsentRequired: Nobody agrees.
            BadPhoto: A photo cannot be used; nothing is kept.
        """
        shown, consent = clean_name(name), agreed(consent_by, utc_now())
        taken = await self._studio.take(photos, shown, consent, self._size)
        return await asyncio.to_thread(
            lambda: self._store.add(
                taken.bundle, taken.portrait, shown, consent, advice=taken.advice
            )
        )

    async def preview(self, avatar: str, voice: SpeechSource) -> Path:
        """Returns an MP4 of the avatar introducing itself, made now where there is none.

        Raises:
            NotFound: There is no such avatar.
            Busy: Too much is being made already.
            ModelUnavailable: Voice or studio broke down, or the avatar was deleted meanwhile.
        """
        record = self._store.get(avatar)
        out = self._store.preview_file(avatar, voice.name)
        if out.is_file():
            return out
        with self._studio.place():
            async with self._filming:
                if not out.is_file():
                    words = PREVIEW_WORDS.format(name=record.name)
                    speech = [chunk async for chunk in voice.speak(words)]
                    file = await asyncio.to_thread(self.file, avatar)
                    await self._studio.film(file, speech, out, PREVIEW_SIZE)
        return out

    async def delete_avatar(self, avatar: str, token: str) -> None:
        """Deletes a clone for good.

        Raises:
            NotFound: There is no such clone.
            Unauthorized: The token is not its own.
        """
        await asyncio.to_thread(self._store.delete, avatar, token)
        self._bundles.pop(avatar, None)
