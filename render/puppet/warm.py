"""Compiles the kernels before somebody waits for a picture."""

from render.face.avatar import AvatarBundle
from render.puppet.puppet import Puppet
from render.types import Motion

WARM_SIZE = 64


def warm_up(bundle: AvatarBundle) -> None:
    """Draws one small picture that touches every kernel.

    The first call on a machine compiles (tens of seconds) and keeps the result on disk; later
    ones load it (about a second).
    """
    puppet = Puppet(bundle, WARM_SIZE, WARM_SIZE)
    everything = Motion.of(
        jawOpen=0.5, mouthPucker=0.5, eyeBlinkLeft=0.5, eyeBlinkRight=0.5,
        seal=0.2, tuck=0.2, round=0.5, yaw=8, gazeX=0.5,
    )  # fmt: skip
    puppet.draw(everything)
