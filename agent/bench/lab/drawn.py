"""How far a mouth opens in the pictures that are drawn of it."""

from typing import Final

import numpy as np
from numpy.typing import NDArray

from agent.settings import Settings
from render.cloning.gallery import default_avatar
from render.face.landmarks import FaceFinder
from render.motion.emotion import join
from render.motion.neural.latent import Latents, mouth_of, rest_of
from render.motion.reading import READ, read_face
from render.puppet.puppet import Puppet
from render.types import Motion

AVATAR: Final = "vera"
SIZE: Final = 384


def drawn_aperture(settings: Settings, latents: Latents) -> NDArray[np.float32]:
    """Returns (T,) what a landmarker reads off the drawn pictures of a motion: gap over width."""
    bundle = default_avatar(
        AVATAR, settings.server.data_dir / "avatars", settings.face.people_package
    )
    puppet = Puppet(bundle, SIZE, SIZE)
    read = np.zeros(len(latents), np.float32)
    with FaceFinder() as finder:
        for index, (face, mouth) in enumerate(
            zip(rest_of(latents), mouth_of(latents), strict=True)
        ):
            picture = puppet.draw(Motion(join(face.astype(np.float64), mouth).astype(np.float32)))
            faces = finder.find_faces(np.ascontiguousarray(picture[..., :3]))
            read[index] = read_face(faces[0])[READ["gap"]] if faces else read[index - 1]
    return read
