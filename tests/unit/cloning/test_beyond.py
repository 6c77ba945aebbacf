"""A photo that cuts the hair: what goes on beyond its edges."""

import numpy as np
import pytest
from numpy.typing import NDArray

from render.cloning import build
from render.cloning.beyond import Margin, Side, fade_out, go_on
from render.cloning.gallery import portrait_file
from render.cloning.photo.file import load_photo
from render.cloning.photo.portrait import take_portrait
from render.face import topology
from render.face.avatar import AvatarBundle, Provenance
from render.puppet.puppet import Puppet
from render.types import Motion

WHITE = (255, 255, 255)


def tight_photo() -> NDArray[np.uint8]:
    """A portrait cut just above the forehead, through dark hair."""
    rgb = load_photo(portrait_file("P001"))[::2, ::2]
    points = take_portrait(rgb).landmarks
    top = int(points[topology.FOREHEAD, 1] - 0.12 * np.ptp(points[:, 1]))
    return np.ascontiguousarray(rgb[top:])


def cloned(rgb: NDArray[np.uint8]) -> AvatarBundle:
    portrait = take_portrait(rgb)
    assert any("cuts off" in advice for advice in portrait.advice)
    provenance = Provenance("test", ai_generated=True)
    return build.build_avatar(portrait.rgb, name="T", provenance=provenance, face=portrait.face)


def seam_step(bundle: AvatarBundle) -> float:
    """The largest change of luminance from one row to the next above a nodding forehead."""
    picture = Puppet(bundle, 512, 512, WHITE).draw(Motion.of(pitch=10.0, shiftY=-0.03))
    middle = picture[:100, 216:296, :3].astype(np.float32).mean((1, 2))
    return float(np.abs(np.diff(middle)).max())


@pytest.mark.models
def test_a_nodding_head_shows_no_straight_edge(monkeypatch: pytest.MonkeyPatch) -> None:
    photo = tight_photo()
    mended = seam_step(cloned(photo))
    monkeypatch.setattr(build, "cut_edges", lambda matte, fit: Margin())
    cut = seam_step(cloned(photo))
    assert cut > 60
    assert mended < 0.3 * cut


def test_margins_go_on_to_and_fro_and_fade() -> None:
    picture = np.arange(12, dtype=np.float32).reshape(3, 4)
    margin = Margin(top=Side(3, 2), right=Side(2, 2))
    wider = go_on(picture, margin)
    assert wider[:, 0].tolist() == [4, 8, 4, 0, 4, 8]
    assert wider[3].tolist() == [0, 1, 2, 3, 2, 1]
    faded = fade_out(np.ones((3, 4), np.float32), margin)
    assert (faded[3:, :4] == 1).all()
    assert faded[0, 0] == 0
    assert faded[5, 5] == 0


def test_a_photo_with_room_goes_on_nowhere() -> None:
    matte = np.ones((3, 4), np.float32)
    assert (fade_out(matte, Margin()) == matte).all()
    assert go_on(matte, Margin()).shape == matte.shape
