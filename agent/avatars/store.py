"""Where avatars are kept: the default people as files, each clone in a folder of its own.

    <data_dir>/avatars/<key>.v1-1.avatar    a default person, built when first needed
    <data_dir>/avatars/clones/<id>/         record.json, avatar.avatar, portrait.jpg, preview-*.mp4

A clone's folder appears whole, under its name, or not at all; deleting takes it away whole. Names
people give are data inside, never a part of a path.
"""

import hashlib
import hmac
import logging
import re
import secrets
import shutil
import tempfile
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from pathlib import Path
from zipfile import is_zipfile

from pydantic import ValidationError

from agent.avatars.record import AvatarRecord, Consent
from agent.errors import NotFound, Unauthorized
from render.cloning.gallery import DEFAULT_PEOPLE, PEOPLE_PACKAGE, avatar_file, default_avatar
from render.face.avatar import AvatarBundle
from render.face.bundle import load_bundle
from render.face.errors import BundleError

logger = logging.getLogger(__name__)

ID = re.compile(r"[0-9a-f]{24}")
RECORD, BUNDLE, PORTRAIT = "record.json", "avatar.avatar", "portrait.jpg"
LEFT_OVER = timedelta(hours=1)
"""A half-written folder this old belongs to a process that died."""


def utc_now() -> datetime:
    """Returns the time of day, to the second."""
    return datetime.now(UTC).replace(microsecond=0)


class AvatarStore:
    """The avatars of one data folder. Safe for several threads and processes.

    Args:
        folder: Made where it does not exist.
        people_package: The package that holds the default people.
        now: The time of day.
    """

    def __init__(
        self,
        folder: Path,
        people_package: str = PEOPLE_PACKAGE,
        now: Callable[[], datetime] = utc_now,
    ) -> None:
        self.folder = folder
        self._package = people_package
        self._now = now
        self._clones = folder / "clones"
        self._clones.mkdir(parents=True, exist_ok=True, mode=0o700)
        self._sweep()

    def list(self) -> list[AvatarRecord]:
        """Returns the default people, then the clones, oldest first; damaged ones are skipped."""
        default = [self._default(key) for key in DEFAULT_PEOPLE]
        clones = []
        for folder in self._clones.iterdir():
            if ID.fullmatch(folder.name):
                try:
                    clones.append(self._clone(folder.name))
                except NotFound as error:
                    logger.warning("avatar %s… is skipped: %s", folder.name[:6], error.message)
        return default + sorted(clones, key=lambda record: (record.created, record.id))

    def get(self, avatar: str) -> AvatarRecord:
        """Returns one avatar.

        Raises:
            NotFound: It does not exist, or is damaged.
        """
        return self._default(avatar) if avatar in DEFAULT_PEOPLE else self._clone(avatar)

    def load(self, avatar: str) -> AvatarBundle:
        """Returns what is drawn of an avatar; builds a default person (seconds) when needed.

        Raises:
            NotFound: It does not exist, or is damaged.
        """
        if avatar in DEFAULT_PEOPLE:
            return default_avatar(avatar, self.folder, self._package)
        try:
            return load_bundle(self.bundle_file(avatar))
        except (FileNotFoundError, BundleError) as error:
            raise NotFound("The file of this avatar is missing or damaged.") from error

    def bundle_file(self, avatar: str) -> Path:
        """Returns where the `.avatar` file of an existing avatar lies. Raises NotFound."""
        self.get(avatar)
        if avatar in DEFAULT_PEOPLE:
            return avatar_file(avatar, self.folder)
        return self._clones / avatar / BUNDLE

    def portrait(self, avatar: str) -> bytes | None:
        """Returns the JPEG of a clone at rest; None for a default person. Raises NotFound."""
        self.get(avatar)
        if avatar in DEFAULT_PEOPLE:
            return None
        try:
            return (self._clones / avatar / PORTRAIT).read_bytes()
        except FileNotFoundError:
            raise NotFound("There is no such avatar.") from None

    def preview_file(self, avatar: str, voice: str) -> Path:
        """Returns where the preview of an existing avatar with a voice lies, or will lie."""
        bundle = self.bundle_file(avatar)
        if avatar in DEFAULT_PEOPLE:
            return bundle.with_suffix(f".{voice}.mp4")
        return bundle.with_name(f"preview-{voice}.mp4")

    def add(
        self,
        bundle: bytes,
        portrait: bytes,
        name: str,
        consent: Consent,
        *,
        advice: tuple[str, ...] = (),
        shared: bool = False,
    ) -> tuple[AvatarRecord, str]:
        """Keeps a new clone.

        Args:
            bundle: The `.avatar` file.
            portrait: JPEG of the face at rest.
            name: Cleaned by `clean_name`.
            consent: Who agreed.
            advice: What would make a better one.
            shared: Whether everybody may choose it.

        Returns:
            Its record, and the token that deletes it; only the token's hash is kept.
        """
        token = secrets.token_urlsafe(24)
        record = AvatarRecord(
            id=secrets.token_hex(12),
            name=name,
            created=self._now(),
            source="uploaded photo",
            ai_generated=False,
            consent=consent,
            shared=shared,
            advice=advice,
            token_hash=_hash(token),
        )
        new = Path(tempfile.mkdtemp(prefix=".new-", dir=self._clones))
        try:
            (new / BUNDLE).write_bytes(bundle)
            (new / PORTRAIT).write_bytes(portrait)
            (new / RECORD).write_text(record.model_dump_json(indent=1), encoding="utf-8")
            new.rename(self._clones / record.id)
        except BaseException:
            shutil.rmtree(new, ignore_errors=True)
            raise
        return record, token

    def delete(self, avatar: str, token: str | None = None) -> None:
        """Deletes a clone and all that was made of it, for good.

        Args:
            avatar: Its id.
            token: Must be its own; None where the caller owns the machine.

        Raises:
            NotFound: There is no such clone; the default people cannot be deleted.
            Unauthorized: The token is not its own.
        """
        record = self._clone(avatar)
        if token is not None and not hmac.compare_digest(record.token_hash, _hash(token)):
            raise Unauthorized("The token does not belong to this avatar.")
        gone = self._clones / f".gone-{secrets.token_hex(8)}"
        try:
            (self._clones / avatar).rename(gone)
        except FileNotFoundError:
            raise NotFound("There is no such avatar.") from None
        shutil.rmtree(gone)

    def _default(self, key: str) -> AvatarRecord:
        person = DEFAULT_PEOPLE[key]
        source = f"{self._package} {person.person}"
        return AvatarRecord(id=key, name=person.name, source=source, ai_generated=True, shared=True)

    def _clone(self, avatar: str) -> AvatarRecord:
        if not ID.fullmatch(avatar):
            raise NotFound("There is no such avatar.")
        folder = self._clones / avatar
        try:
            record = AvatarRecord.model_validate_json((folder / RECORD).read_bytes())
        except (FileNotFoundError, NotADirectoryError):
            raise NotFound("There is no such avatar.") from None
        except ValidationError:
            raise NotFound("The record of this avatar is damaged.") from None
        if record.id != avatar or record.created is None or not is_zipfile(folder / BUNDLE):
            raise NotFound("The file of this avatar is missing or damaged.")
        return record

    def _sweep(self) -> None:
        """Finishes deletions that were cut short, and clears what was never finished."""
        for folder in self._clones.glob(".gone-*"):
            shutil.rmtree(folder, ignore_errors=True)
        for folder in self._clones.glob(".new-*"):
            changed = datetime.fromtimestamp(folder.stat().st_mtime, UTC)
            if self._now() - changed > LEFT_OVER:
                shutil.rmtree(folder, ignore_errors=True)


def _hash(token: str) -> str:
    return hashlib.sha256(token.encode()).hexdigest()
