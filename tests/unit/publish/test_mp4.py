"""Files that are whole or not there, in sync, and honest about being generated."""

from fractions import Fraction
from pathlib import Path

import av
import numpy as np
import pytest

from render.publish.film import AI_GENERATED, PublishError
from render.publish.mp4 import Mp4Writer
from render.types import AVUnit, Motion, Picture

WIDTH, HEIGHT = 96, 64
FLASH = 20


def unit(index: int, *, width: int = WIDTH, first: int = 0) -> AVUnit:
    """A grey frame; frame FLASH is white and starts with a click."""
    grey = 255 if index == FLASH else 60
    rgba = np.full((HEIGHT, width, 4), grey, np.uint8)
    rgba[..., 3] = 255
    samples = np.zeros(960, np.int16)
    if index == FLASH:
        samples[:24] = 30_000
    return AVUnit(first + index, samples, Motion.of(), picture=Picture(rgba))


def seconds(ticks: int | None, base: Fraction | None) -> Fraction:
    assert ticks is not None
    assert base is not None
    return ticks * base


def write(path: Path, frames: int = 50, rate: int = 24_000, fragmented: bool = False) -> Path:
    with Mp4Writer(path, WIDTH, HEIGHT, rate, fragmented) as writer:
        for index in range(frames):
            writer.write(unit(index, first=1_000))
    return path


@pytest.mark.parametrize("fragmented", [False, True])
@pytest.mark.parametrize("rate", [24_000, 48_000])
def test_sound_and_picture_start_and_stay_together(
    tmp_path: Path, rate: int, fragmented: bool
) -> None:
    path = write(tmp_path / "out.mp4", rate=rate, fragmented=fragmented)
    with av.open(path) as file:
        video, audio = file.streams.video[0], file.streams.audio[0]
        assert seconds(video.start_time, video.time_base) == 0
        assert seconds(audio.start_time, audio.time_base) == 0
        assert video.average_rate == 25
        assert file.metadata["comment"] == AI_GENERATED
        pictures = list(file.decode(video))
    assert [seconds(frame.pts, frame.time_base) for frame in pictures] == [
        Fraction(i, 25) for i in range(50)
    ]
    assert pictures[0].format.name == "yuv420p"
    bright = [float(frame.to_ndarray(format="gray").mean()) for frame in pictures]
    assert int(np.argmax(bright)) == FLASH
    assert bright[0] == pytest.approx(60, abs=4)
    with av.open(path) as file:
        sounds = list(file.decode(audio=0))
    start = float(seconds(sounds[0].pts, sounds[0].time_base))
    wave = np.concatenate([frame.to_ndarray()[0] for frame in sounds])
    assert len(wave) / rate == pytest.approx(2.0, abs=0.05)
    click = start + int(np.argmax(np.abs(wave))) / rate
    assert click == pytest.approx(FLASH / 25, abs=0.004)


def test_a_fragmented_file_plays_while_it_is_written(tmp_path: Path) -> None:
    with Mp4Writer(tmp_path / "out.mp4", WIDTH, HEIGHT, fragmented=True) as writer:
        for index in range(150):
            writer.write(unit(index))
        with av.open(writer.partial_path) as file:
            assert len(list(file.decode(video=0))) >= 50


def test_moov_stands_before_the_data(tmp_path: Path) -> None:
    data = write(tmp_path / "out.mp4").read_bytes()
    assert data.index(b"moov") < data.index(b"mdat")


def test_a_failure_leaves_nothing(tmp_path: Path) -> None:
    def fail_midway() -> None:
        with Mp4Writer(tmp_path / "out.mp4", WIDTH, HEIGHT) as writer:
            writer.write(unit(0))
            raise RuntimeError("the power went out")

    with pytest.raises(RuntimeError, match="power"):
        fail_midway()
    assert list(tmp_path.iterdir()) == []


def test_a_failure_keeps_the_older_file(tmp_path: Path) -> None:
    path = write(tmp_path / "out.mp4")
    before = path.read_bytes()

    def leave_a_frame_out() -> None:
        with Mp4Writer(path, WIDTH, HEIGHT) as writer:
            writer.write(unit(0))
            writer.write(unit(2))

    with pytest.raises(PublishError, match="frame 1 was expected"):
        leave_a_frame_out()
    assert path.read_bytes() == before
    assert list(tmp_path.iterdir()) == [path]


def test_the_name_appears_only_when_the_file_is_whole(tmp_path: Path) -> None:
    path = tmp_path / "out.mp4"
    with Mp4Writer(path, WIDTH, HEIGHT) as writer:
        writer.write(unit(0))
        assert not path.exists()
        assert writer.frames == 1
    assert list(tmp_path.iterdir()) == [path]


def test_refuses_what_it_cannot_write(tmp_path: Path) -> None:
    with pytest.raises(PublishError, match="even"):
        Mp4Writer(tmp_path / "odd.mp4", 95, 64)
    writer = Mp4Writer(tmp_path / "out.mp4", WIDTH, HEIGHT)
    with pytest.raises(PublishError, match="picture"):
        writer.write(AVUnit(0, np.zeros(960, np.int16), Motion.of()))
    with pytest.raises(PublishError, match="96 x 64"):
        writer.write(unit(0, width=98))
    with pytest.raises(PublishError, match="at least one"):
        writer.close()
    writer.close()
    with pytest.raises(PublishError, match="closed"):
        writer.write(unit(0))
    assert list(tmp_path.iterdir()) == []


def test_transparency_is_drawn_on_black(tmp_path: Path) -> None:
    rgba = np.full((HEIGHT, WIDTH, 4), 255, np.uint8)
    rgba[..., 3] = 0
    with Mp4Writer(tmp_path / "out.mp4", WIDTH, HEIGHT) as writer:
        writer.write(AVUnit(0, np.zeros(960, np.int16), Motion.of(), picture=Picture(rgba)))
    with av.open(tmp_path / "out.mp4") as file:
        assert next(file.decode(video=0)).to_ndarray(format="gray").max() < 8
