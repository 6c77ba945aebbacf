"""Photos in, an avatar out."""

import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

from agent.avatars.record import Consent
from agent.errors import BadPhoto
from render.cloning.build import build_avatar
from render.cloning.interior.exemplar import Exemplar
from render.cloning.photo.checks import face_size
from render.cloning.photo.portrait import find_faces, load_photo, take_portrait
from render.face.avatar import AvatarBundle, Provenance
from render.face.errors import FaceError, NoFace
from render.face.landmarks import FaceFinder

Photo = bytes | Path
"""A photo file's bytes, or where it lies."""
TOO_LARGE = ("photo_file_too_large", "too_many_pixels")
"""Codes of refusals that are a matter of size."""
NO_TEETH = (
    "All is well, but typical teeth stand in for yours: in the smiling photo they are hard to tell "
    "from the lips. To show your own, smile so that the upper row is free, with your face to a "
    "window, and take the photo from near."
)
NO_CAVITY = (
    "All is well, but a typical inside of the mouth stands in for yours: the open-mouth photo "
    "shows little of it. To show your own, open the mouth wide as for a long 'ah', with the "
    "tongue down."
)


@dataclass(frozen=True, slots=True)
class Photos:
    """What a person hands in.

    Attributes:
        portrait: A calm face that looks into the camera.
        smiling: Shows the person's own teeth.
        open_mouth: Shows the inside of the person's own mouth.
    """

    portrait: Photo
    smiling: Photo | None = None
    open_mouth: Photo | None = None


@dataclass(frozen=True, slots=True)
class Clone:
    """A new avatar.

    Attributes:
        bundle: Ready to be drawn.
        advice: Sentences on what would make a better one; empty for good photos.
        seconds: How long the making took.
    """

    bundle: AvatarBundle
    advice: tuple[str, ...]
    seconds: float


def clone(photos: Photos, name: str, consent: Consent) -> Clone:
    """Makes an avatar of photos (one to three seconds of one core).

    Args:
        photos: Of one person.
        name: Cleaned by `clean_name`.
        consent: Who agreed; it is written into the avatar.

    Raises:
        BadPhoto: A photo cannot be used; code and sentence say why.
    """
    began = time.perf_counter()
    with _as_bad_photo():
        portrait = take_portrait(photos.portrait)
    smiling = _expression(photos.smiling, "the smiling photo")
    wide_open = _expression(photos.open_mouth, "the open-mouth photo")
    with _as_bad_photo():
        bundle = build_avatar(
            portrait.rgb,
            name=name,
            provenance=Provenance("uploaded photo", False, consent.sentence()),
            face=portrait.face,
            photos=[photo for photo in (smiling, wide_open) if photo is not None],
        )
    advice = list(portrait.advice)
    if smiling is not None and not bundle.mouth.own_teeth:
        advice.append(NO_TEETH)
    if wide_open is not None and not bundle.mouth.own_cavity:
        advice.append(NO_CAVITY)
    return Clone(bundle, tuple(advice), time.perf_counter() - began)


def _expression(photo: Photo | None, which: str) -> Exemplar | None:
    """Reads a further photo; its largest face counts."""
    if photo is None:
        return None
    with _as_bad_photo(which):
        rgb = load_photo(photo)
        with FaceFinder(max_faces=4) as finder:
            faces = find_faces(rgb, finder)
        if not faces:
            raise NoFace("No face can be found; please use a photo of the same person from near.")
        return Exemplar(rgb, max(faces, key=lambda face: face_size(face.points)))


@contextmanager
def _as_bad_photo(which: str = "") -> Iterator[None]:
    """Turns the face room's refusals into typed errors of this package."""
    try:
        yield
    except FaceError as error:
        sentence = f"About {which}: {error.message}" if which else error.message
        status = 413 if error.code in TOO_LARGE else 422
        raise BadPhoto(sentence, error.code, status) from error
