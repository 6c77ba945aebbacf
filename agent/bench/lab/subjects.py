"""The people `visavis bench face` looks at: the default avatars, and clones of test photos.

The photos show people who do not exist, and one public portrait (scikit-image's astronaut); they
come from packages and are never stored.
"""

from collections.abc import Iterator
from dataclasses import dataclass, replace

import cv2
import numpy as np
import skimage.data
from numpy.typing import NDArray

from agent.settings import Settings
from render.cloning.build import build_avatar
from render.cloning.gallery import DEFAULT_PEOPLE, default_avatar, portrait_file
from render.cloning.photo.portrait import load_photo, take_portrait
from render.face.avatar import AvatarBundle, Provenance
from render.face.landmarks import DetectedFace, FaceFinder

SELFIES = {
    "full_beard": "P005",
    "dark_skin_teeth": "P009",
    "light_skin_teeth": "P002",
    "long_hair": "P008",
}
"""People of the default package whose selfies are cloned, by what makes them hard."""
OUTDOORS = {
    "curls_outdoors": ("P004", "amateur_posture"),
    "long_hair_outdoors": ("P008", "amateur_posture"),
}
"""Photos that were held out until lids and brows that read weakly on them were mended."""
HELD_OUT = {
    "held_out_curls_laughing": ("P004", "amateur_selfie"),
    "held_out_moustache": ("P003", "amateur_selfie"),
    "held_out_woman_outdoors": ("P002", "amateur_posture"),
    "held_out_man_outdoors": ("P006", "amateur_posture"),
    "held_out_dark_skin_outdoors": ("P009", "amateur_posture"),
    "held_out_full_beard_outdoors": ("P005", "amateur_posture"),
    "held_out_joe_outdoors": ("P007", "amateur_posture"),
}
"""Person and picture of photos on which nothing was tuned: no threshold, gain or weight. They are
measured so that the figures of the others can be judged."""
TILTED = "P006"
TILT_DEGREES = 18.0


@dataclass(frozen=True, slots=True)
class Subject:
    """An avatar and the photo it was made of.

    Attributes:
        name: Of the avatar, or what is hard about the photo.
        bundle: The avatar.
        rgb: (h, w, 3) uint8 photo.
        face: The face in `rgb`.
        held_out: Whether nothing was tuned on this photo.
    """

    name: str
    bundle: AvatarBundle
    rgb: NDArray[np.uint8]
    face: DetectedFace
    held_out: bool = False


def subjects(settings: Settings) -> Iterator[Subject]:
    """Yields the default avatars, then the clones, then those of photos held out.

    Each is built when its turn comes.
    """
    package = settings.face.people_package
    folder = settings.server.data_dir / "avatars"
    for key, default in DEFAULT_PEOPLE.items():
        rgb = load_photo(portrait_file(default.person, package))
        with FaceFinder() as finder:
            face = finder.find_faces(rgb)[0]
        yield Subject(key, default_avatar(key, folder, package), rgb, face)
    for name, photo in photos(package):
        yield cloned(name, photo)
    for name, (person, picture) in HELD_OUT.items():
        yield replace(cloned(name, photograph(person, picture, package)), held_out=True)


def photos(package: str) -> Iterator[tuple[str, NDArray[np.uint8]]]:
    """Yields the name and the (h, w, 3) uint8 pixels of every photo that is cloned."""
    for name, person in SELFIES.items():
        yield name, photograph(person, "amateur_selfie", package)
    for name, (person, picture) in OUTDOORS.items():
        yield name, photograph(person, picture, package)
    yield "tilted", _tilted(photograph(TILTED, "amateur_selfie", package))
    yield "astronaut", np.asarray(skimage.data.astronaut(), np.uint8)  # type: ignore[no-untyped-call]


def photograph(person: str, picture: str, package: str) -> NDArray[np.uint8]:
    """Returns the (h, w, 3) uint8 pixels of a picture of a person of the people package."""
    return load_photo(portrait_file(person, package).with_name(f"{picture}.jpg"))


def cloned(name: str, photo: NDArray[np.uint8]) -> Subject:
    """Makes an avatar as a user's photo would be made one."""
    portrait = take_portrait(photo)
    provenance = Provenance("test photo", ai_generated=name != "astronaut")
    bundle = build_avatar(portrait.rgb, name=name, provenance=provenance, face=portrait.face)
    return Subject(name, bundle, portrait.rgb, portrait.face)


def _tilted(rgb: NDArray[np.uint8]) -> NDArray[np.uint8]:
    height, width = rgb.shape[:2]
    turn = cv2.getRotationMatrix2D((width / 2, height / 2), TILT_DEGREES, 1.0)
    turned = cv2.warpAffine(rgb, turn, (width, height), borderMode=cv2.BORDER_REFLECT_101)
    return np.asarray(turned, np.uint8)
