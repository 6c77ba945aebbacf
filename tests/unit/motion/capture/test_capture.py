"""A film moves an avatar: what was drawn is read back, lost faces come to rest, sound is kept."""

from pathlib import Path

import numpy as np
import pytest
from known import FRAMES, SIZE, KnownFilm, known_motion
from numpy.typing import NDArray
from recut import padded, pictures_of, sound_only, turned, write

from agent.commands.drive import drive_to_file, read_all
from agent.errors import BadRequest, BadVideo, NotFound
from agent.films.people import find_avatar
from agent.settings import ServerSettings, Settings
from render.clock import AUDIO_RATE, FRAME_SAMPLES
from render.face.avatar import AvatarBundle
from render.face.bundle import save_bundle
from render.face.landmarks import FaceFinder
from render.motion.capture import Mimic, Neutral, channels_of, on_the_clock
from render.motion.errors import NobodyThere, NoPictures, UnreadableFilm
from render.motion.film import Film
from render.motion.reading import READ, READINGS, Reading
from render.publish.mp4 import Mp4Writer
from render.puppet.puppet import Puppet
from render.types import ARKIT_SHAPES, CHANNEL_INDEX, AVUnit, Motion, Picture


@pytest.fixture(scope="session")
def film(vera: AvatarBundle, tmp_path_factory: pytest.TempPathFactory) -> KnownFilm:
    path = tmp_path_factory.mktemp("films") / "known.mp4"
    motion = known_motion()
    tone = np.sin(2 * np.pi * 300 * np.arange(FRAMES * FRAME_SAMPLES) / AUDIO_RATE)
    loud = np.repeat(np.arange(FRAMES) // 25 % 2, FRAME_SAMPLES)
    sound = (8000 * tone * loud).astype(np.int16)
    puppet = Puppet(vera, SIZE, SIZE)
    with Mp4Writer(path, SIZE, SIZE) as video:
        for pts, values in enumerate(motion):
            samples = sound[pts * FRAME_SAMPLES : (pts + 1) * FRAME_SAMPLES]
            now = Motion(values)
            video.write(AVUnit(pts, samples, now, picture=Picture(puppet.draw(now))))
    return KnownFilm(path, motion, sound)


def rest() -> Reading:
    """A plausible face at rest."""
    reading = np.full(len(READINGS), 0.05)
    reading[READ["yaw"] :] = 0.0
    reading[READ["z"]] = -30.0
    return reading


def changed(**readings: float) -> Reading:
    reading = rest()
    for name, value in readings.items():
        reading[READ[name]] = value
    return reading


def captured(path: Path) -> NDArray[np.float32]:
    with FaceFinder() as finder:
        readings = on_the_clock(read_all(Film(path).pictures(), finder))
    mimic = Mimic(Neutral.from_readings([reading for reading in readings if reading is not None]))
    return np.array([mimic.mimic(reading).values for reading in readings])


def agreement(one: NDArray[np.float32], other: NDArray[np.float32], name: str) -> float:
    count = min(len(one), len(other))
    column = CHANNEL_INDEX[name]
    return float(np.corrcoef(one[:count, column], other[:count, column])[0, 1])


@pytest.mark.models
def test_reads_back_what_was_drawn(film: KnownFilm) -> None:
    seen = captured(film.path)
    assert len(seen) == FRAMES
    for name in ("jawOpen", "eyeBlinkLeft", "eyeBlinkRight", "yaw", "pitch", "roll"):
        assert agreement(seen, film.motion, name) > 0.9, name
    assert agreement(seen, film.motion, "mouthSmileLeft") > 0.9
    for name, low, high in (
        ("jawOpen", 0.3, 0.6), ("eyeBlinkLeft", 0.7, 1.0), ("yaw", 6, 10), ("pitch", 3.5, 6.5),
    ):  # fmt: skip
        assert low < seen[:, CHANNEL_INDEX[name]].max() <= high, name


@pytest.mark.models
def test_any_size_rate_and_codec_gives_the_same_motion(film: KnownFilm, tmp_path: Path) -> None:
    pictures = [padded(picture, 400, 300) for picture in pictures_of(film.path)]
    doubled = [picture for picture in pictures for _ in range(2)]
    wide = write(tmp_path / "wide.webm", doubled, 50, "libvpx")
    seen = captured(wide)
    assert abs(len(seen) - FRAMES) <= 1
    for name in ("jawOpen", "yaw"):
        assert agreement(seen, film.motion, name) > 0.85, name


@pytest.mark.models
def test_drives_another_face_with_the_films_sound(
    film: KnownFilm, vera: AvatarBundle, tmp_path: Path
) -> None:
    save_bundle(vera, tmp_path / "other.avatar")
    settings = Settings(server=ServerSettings(data_dir=tmp_path))
    out = tmp_path / "driven.mp4"
    drive_to_file(settings, str(film.path), out, str(tmp_path / "other.avatar"), "320x320")
    again = captured(out)
    assert len(again) == FRAMES
    assert agreement(again, film.motion, "jawOpen") > 0.85
    assert agreement(again, film.motion, "yaw") > 0.9
    heard = np.concatenate(list(Film(out).sound()))[: len(film.sound)]
    seconds = heard[: 4 * 24_000].astype(float).reshape(4, -1).std(1)
    assert (seconds > 1000).tolist() == [False, True, False, True]


@pytest.mark.models
def test_a_face_that_leaves_comes_to_rest(film: KnownFilm, tmp_path: Path) -> None:
    pictures = pictures_of(film.path)
    for picture in pictures[65:]:
        picture[:] = 128
    gone = write(tmp_path / "gone.mp4", pictures, 25, "libx264")
    seen = captured(gone)
    assert np.abs(seen[50:60]).max() > 1
    assert np.abs(seen[-10:]).max() == 0
    assert np.abs(np.diff(seen[:, CHANNEL_INDEX["yaw"]])).max() < 3


@pytest.mark.models
def test_refuses_what_cannot_drive(film: KnownFilm, avatars_dir: Path, tmp_path: Path) -> None:
    (tmp_path / "text.mp4").write_text("no video at all " * 100)
    with pytest.raises(UnreadableFilm):
        Film(tmp_path / "text.mp4")
    with pytest.raises(NoPictures):
        Film(sound_only(film.path, tmp_path / "sound.m4a"))
    empty = write(
        tmp_path / "empty.mp4", [np.full((320, 320, 3), 128, np.uint8)] * 8, 25, "libx264"
    )
    settings = Settings(server=ServerSettings(data_dir=avatars_dir.parent))
    out = tmp_path / "never.mp4"
    for source, avatar, size, error in (
        (str(empty), "vera", "320x320", BadVideo),
        (str(tmp_path / "text.mp4"), "vera", "320x320", BadVideo),
        (str(tmp_path / "missing.mp4"), "vera", "320x320", NotFound),
        (str(film.path), "nobody", "320x320", NotFound),
        (str(film.path), "vera", "321x320", BadRequest),
    ):
        with pytest.raises(error):
            drive_to_file(settings, source, out, avatar, size)
        assert not out.exists()
    with pytest.raises(BadRequest):
        drive_to_file(settings, str(film.path), tmp_path, "vera", "320x320")


def test_a_damaged_avatar_file_is_refused(tmp_path: Path) -> None:
    (tmp_path / "torn.avatar").write_bytes(b"PK\x03\x04 torn")
    with pytest.raises(NotFound):
        find_avatar(Settings(), str(tmp_path / "torn.avatar"))


@pytest.mark.models
def test_a_truncated_film_ends_where_it_is(film: KnownFilm, tmp_path: Path) -> None:
    whole = write(tmp_path / "whole.mkv", pictures_of(film.path), 25, "libx264").read_bytes()
    (tmp_path / "cut.mkv").write_bytes(whole[: len(whole) // 2])
    pictures = list(Film(tmp_path / "cut.mkv").pictures())
    assert 10 < len(pictures) < FRAMES


@pytest.mark.models
def test_pictures_come_at_most_at_the_clock(film: KnownFilm, tmp_path: Path) -> None:
    fast = write(tmp_path / "fast.mp4", pictures_of(film.path), 100, "libx264")
    times = [at for at, _ in Film(fast).pictures()]
    assert np.diff(times).min() > 0.029
    assert 25 <= len(times) <= 34


@pytest.mark.models
def test_a_phones_turned_picture_is_upright(film: KnownFilm, tmp_path: Path) -> None:
    path = turned(film.path, tmp_path / "turned.mp4")
    _, upright = next(Film(path).pictures())
    clockwise = np.rot90(pictures_of(path)[0], -1)
    np.testing.assert_array_equal(upright, clockwise)


def test_rest_is_the_persons_own() -> None:
    frowner = [changed(browDownLeft=0.45, eyeBlinkLeft=0.2) for _ in range(30)]
    neutral = Neutral.from_readings(frowner)
    assert channels_of(frowner[0], neutral.values)[: len(ARKIT_SHAPES)].max() == 0
    blink = channels_of(changed(browDownLeft=0.45, eyeBlinkLeft=0.55), neutral.values)
    assert blink[CHANNEL_INDEX["eyeBlinkLeft"]] > 0.9
    with pytest.raises(NobodyThere):
        Neutral.from_readings([])


def test_turning_about_the_neck_is_no_shift() -> None:
    turned = changed(yaw=10.0, x=1.42)
    assert abs(channels_of(turned, rest())[CHANNEL_INDEX["shiftX"]]) < 0.02
    assert channels_of(turned, rest())[CHANNEL_INDEX["yaw"]] > 9
    moved = channels_of(changed(x=1.42), rest())
    assert moved[CHANNEL_INDEX["shiftX"]] > 0.05
    assert channels_of(changed(yaw=80.0), rest())[CHANNEL_INDEX["yaw"]] <= 25


def test_lips_that_meet_are_sealed_and_open_ones_are_not() -> None:
    index = CHANNEL_INDEX
    closed = channels_of(changed(mouthPucker=0.9, gap=0.005), rest())
    assert closed[index["seal"]] == 1.0
    assert closed[index["round"]] == 1.0
    opened = channels_of(changed(jawOpen=0.6, gap=0.4), rest())
    assert opened[index["seal"]] == 0.0
    assert 0.4 < opened[index["jawOpen"]] < 0.9
    assert channels_of(rest(), rest())[index["seal"]] == 0.0


def test_a_lower_lip_at_the_teeth_is_told_from_an_open_mouth() -> None:
    def tuck(**readings: float) -> float:
        return float(channels_of(changed(**readings), rest())[CHANNEL_INDEX["tuck"]])

    assert tuck(mouthShrugUpper=0.12, lip=-0.02, gap=0.08) > 0.9
    assert tuck(mouthShrugUpper=0.12, lip=-0.02, gap=0.3) == 0
    assert tuck(mouthShrugUpper=0.12, gap=0.08) == 0
    assert tuck(lip=-0.02, gap=0.08) == 0
    assert tuck(mouthShrugUpper=0.12, lip=-0.02, gap=0.0) == 0
    assert tuck(mouthRollLower=0.9, gap=0.08) > 0.9


def test_a_falling_jaw_is_no_head_that_rises() -> None:
    talking = channels_of(changed(jawOpen=0.81, gap=0.8, drop=0.0, pitch=3.0), rest())
    assert talking[CHANNEL_INDEX["jawOpen"]] > 0.9
    assert abs(talking[CHANNEL_INDEX["pitch"]]) < 0.2
    assert channels_of(changed(pitch=6.0), rest())[CHANNEL_INDEX["pitch"]] == 6.0


def test_looking_aside_and_up() -> None:
    left = channels_of(changed(eyeLookOutLeft=0.7, eyeLookInRight=0.7), rest())
    up = channels_of(changed(eyeLookUpLeft=0.4, eyeLookUpRight=0.4), rest())
    assert left[CHANNEL_INDEX["gazeX"]] > 0.8
    assert abs(left[CHANNEL_INDEX["gazeY"]]) < 1e-9
    assert up[CHANNEL_INDEX["gazeY"]] > 0.6


def test_readings_of_any_rate_land_on_the_clock() -> None:
    seen = [(n / 10, changed(yaw=float(n))) for n in range(11)]
    yaw = [reading[READ["yaw"]] for reading in on_the_clock(seen) if reading is not None]
    np.testing.assert_allclose(yaw, np.arange(26) * 0.4, atol=1e-9)
    gap: list[tuple[float, Reading | None]] = [(0.0, rest()), (0.5, None), (1.0, rest())]
    missing = [reading is None for reading in on_the_clock(gap)]
    assert missing == [False] * 4 + [True] * 18 + [False] * 4
    assert on_the_clock([]) == [None]


def test_a_mimic_is_bounded_whatever_is_read() -> None:
    mimic, random = Mimic(Neutral(rest())), np.random.default_rng(0)
    motion = []
    for _ in range(60):
        motion.append(mimic.mimic(random.normal(0, 40, len(READINGS))).values)
        motion.append(mimic.mimic(None).values)
    table = np.array(motion)
    assert np.isfinite(table).all()
    assert table[:, : len(ARKIT_SHAPES)].min() >= 0
    assert table[:, : len(ARKIT_SHAPES)].max() <= 1
    assert np.abs(table[:, CHANNEL_INDEX["yaw"]]).max() <= 25
