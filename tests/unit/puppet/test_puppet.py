"""What a drawn person does, read off the pictures and off the lips and lids."""

import numpy as np
import pytest
from numpy.typing import NDArray

from render.face.avatar import AvatarBundle
from render.face.bundle import dump_bundle, parse_bundle
from render.face.landmarks import FaceFinder
from render.puppet.puppet import Puppet
from render.puppet.warm import warm_up
from render.types import CHANNELS, Motion

pytestmark = pytest.mark.models

CORNER = np.s_[:40, :40]
"""Pixels that no head of these portraits reaches."""


def both(**channels: float) -> Motion:
    """Sets left and right halves of the named shapes."""
    return Motion.of(**{f"{k}{s}": v for k, v in channels.items() for s in ("Left", "Right")})


def colours(picture: NDArray[np.uint8]) -> NDArray[np.int64]:
    return picture[..., :3].astype(np.int64)


@pytest.mark.parametrize("jaw", [0.0, 0.2, 0.5])
def test_sealed_lips_leave_no_gap_whatever_the_jaw_does(puppet: Puppet, jaw: float) -> None:
    puppet.draw(Motion.of(seal=1, jawOpen=jaw))
    assert puppet.lip_gap < 1.0


def test_the_jaw_opens_the_mouth(puppet: Puppet) -> None:
    gaps = []
    for jaw in (0.0, 0.2, 0.4, 0.6):
        puppet.draw(Motion.of(jawOpen=jaw))
        gaps.append(puppet.lip_gap)
    assert gaps == sorted(gaps)
    assert gaps[0] < 1.0
    assert gaps[-1] > 25.0


def test_a_blink_closes_the_eyes(puppet: Puppet) -> None:
    puppet.draw(Motion.of())
    rest = puppet.eye_gap
    puppet.draw(both(eyeBlink=1.0))
    assert max(puppet.eye_gap) < 0.1 * min(rest)


def test_a_blink_closes_wide_eyes(puppet: Puppet) -> None:
    puppet.draw(Motion.of())
    rest = puppet.eye_gap
    wide = {"eyeWideLeft": 1.0, "eyeWideRight": 1.0}
    puppet.draw(Motion.of(**wide))
    assert min(puppet.eye_gap) > 1.1 * min(rest)
    puppet.draw(Motion.of(eyeBlinkLeft=1.0, eyeBlinkRight=1.0, **wide))
    assert max(puppet.eye_gap) < 0.1 * min(rest)


def test_one_eye_winks_alone(puppet: Puppet) -> None:
    puppet.draw(Motion.of())
    rest = puppet.eye_gap
    puppet.draw(Motion.of(eyeBlinkLeft=1.0))
    assert puppet.eye_gap[0] == pytest.approx(rest[0])
    assert puppet.eye_gap[1] < 0.1 * rest[1]


def test_pursing_narrows_the_mouth(puppet: Puppet) -> None:
    widths = []
    for level in (0.0, 0.5, 1.0):
        puppet.draw(Motion.of(mouthPucker=level))
        widths.append(puppet.mouth_width)
    assert widths[0] > 1.05 * widths[1] > 1.05 * 1.05 * widths[2]


def test_the_cover_of_pursed_corners_can_be_thinned(vera: AvatarBundle) -> None:
    before = vera.mesh.corner_alpha.copy()
    motion, one = Motion.of(mouthPucker=1.0), Puppet(vera, 256, 256)
    covered = one.draw(motion).astype(np.int16)
    one.thin_cover(0.5)
    half = one.draw(motion).astype(np.int16)
    one.thin_cover(0.0)
    bare = one.draw(motion).astype(np.int16)
    assert 0 < np.abs(half - bare).sum() < np.abs(covered - bare).sum()
    np.testing.assert_array_equal(vera.mesh.corner_alpha, before)


def test_the_background_never_moves(vera: AvatarBundle, puppet: Puppet) -> None:
    rest = puppet.draw(Motion.of()).copy()
    for motion in (
        Motion.of(yaw=15, pitch=-8, roll=6),
        Motion.of(yaw=-15, shiftX=0.05, shiftZ=0.1),
        Motion.of(breath=1, jawOpen=0.5),
    ):
        np.testing.assert_array_equal(puppet.draw(motion)[CORNER], rest[CORNER])
    np.testing.assert_array_equal(puppet.draw(Motion.of()), rest)


def test_breath_lifts_the_shoulders(puppet: Puppet) -> None:
    rest = colours(puppet.draw(Motion.of()).copy())
    deep = colours(puppet.draw(Motion.of(breath=1)).copy())
    moved = np.abs(rest - deep).sum(2) > 20
    assert moved[440:].sum() > 100
    np.testing.assert_array_equal(rest[CORNER], deep[CORNER])


def test_the_same_motion_gives_the_same_picture(vera: AvatarBundle, puppet: Puppet) -> None:
    motion = Motion.of(jawOpen=0.3, mouthPucker=0.4, yaw=7, gazeX=0.4, tuck=0.2, round=0.5)
    first = puppet.draw(motion).copy()
    puppet.draw(Motion.of(yaw=-9, jawOpen=0.8))
    np.testing.assert_array_equal(puppet.draw(motion), first)
    np.testing.assert_array_equal(Puppet(vera, 512, 512).draw(motion), first)


def test_a_saved_avatar_draws_the_same_picture(vera: AvatarBundle, puppet: Puppet) -> None:
    motion = Motion.of(jawOpen=0.4, yaw=5, gazeY=0.5)
    again = parse_bundle(dump_bundle(vera))
    np.testing.assert_array_equal(Puppet(again, 512, 512).draw(motion), puppet.draw(motion))


@pytest.mark.parametrize(
    ("width", "height"), [(256, 256), (512, 512), (1280, 720), (720, 1280), (1920, 1080)]
)
def test_sizes(vera: AvatarBundle, width: int, height: int) -> None:
    picture = Puppet(vera, width, height).draw(Motion.of(jawOpen=0.3, yaw=4))
    assert picture.shape == (height, width, 4)
    assert picture.dtype == np.uint8
    assert (picture[..., 3] == 255).all()


@pytest.mark.parametrize(("width", "height"), [(63, 512), (512, 5000)])
def test_senseless_sizes_are_refused(vera: AvatarBundle, width: int, height: int) -> None:
    with pytest.raises(ValueError, match="64 to 4096"):
        Puppet(vera, width, height)


def test_backgrounds(vera: AvatarBundle) -> None:
    picture = np.zeros((90, 160, 3), np.uint8)
    picture[..., 2] = 200
    before = {
        "colour": Puppet(vera, 256, 256, (10, 200, 30)).draw(Motion.of())[2, 2],
        "picture": Puppet(vera, 256, 256, picture).draw(Motion.of())[2, 2],
        "clear": Puppet(vera, 256, 256, "transparent").draw(Motion.of())[2, 2],
    }
    assert before["colour"].tolist() == [10, 200, 30, 255]
    assert before["picture"].tolist() == [0, 0, 200, 255]
    assert before["clear"][3] == 0


def test_a_transparent_face_is_solid_and_its_hair_is_not(vera: AvatarBundle) -> None:
    alpha = Puppet(vera, 512, 512, "transparent").draw(Motion.of())[..., 3]
    assert (alpha[200:380, 200:310] == 255).all()
    assert ((alpha > 20) & (alpha < 235)).sum() > 1000


def test_wild_values_are_survived(puppet: Puppet) -> None:
    values = np.full(len(CHANNELS), 1e9, np.float32)
    values[::7] = np.nan
    assert puppet.draw(Motion(values)).shape == (512, 512, 4)
    assert puppet.draw(Motion(-values)).shape == (512, 512, 4)


def test_warming_up_touches_every_kernel(vera: AvatarBundle) -> None:
    warm_up(vera)


def test_a_commanded_turn_looks_like_that_turn(puppet: Puppet) -> None:
    def yaw(finder: FaceFinder, degrees: float) -> float:
        picture = np.ascontiguousarray(puppet.draw(Motion.of(yaw=degrees))[..., :3])
        rotation = finder.find_faces(picture)[0].pose[:3, :3]
        return float(np.degrees(np.arctan2(rotation[0, 2], rotation[2, 2])))

    with FaceFinder() as finder:
        turn = {degrees: yaw(finder, degrees) - yaw(finder, 0) for degrees in (-12, 12)}
    assert 9 <= turn[12] <= 15
    assert -15 <= turn[-12] <= -9


def test_shapes_read_as_themselves(puppet: Puppet) -> None:
    with FaceFinder() as finder:

        def score(motion: Motion, name: str) -> float:
            picture = np.ascontiguousarray(puppet.draw(motion)[..., :3])
            return finder.find_faces(picture)[0].scores[name]

        assert score(Motion.of(jawOpen=1), "jawOpen") > 0.5
        assert score(Motion.of(mouthPucker=1), "mouthPucker") > 0.5
        assert score(both(mouthSmile=1), "mouthSmileLeft") > 0.5
        assert score(Motion.of(browInnerUp=1), "browInnerUp") > 0.5
        assert score(both(eyeBlink=1), "eyeBlinkLeft") > 0.45
        assert score(Motion.of(gazeX=1), "eyeLookOutLeft") > 0.5
        assert score(Motion.of(gazeX=-1), "eyeLookOutRight") > 0.5
