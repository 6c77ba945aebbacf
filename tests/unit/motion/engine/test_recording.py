"""Any sound file becomes 24 kHz mono, or says why not."""

import wave
from pathlib import Path

import av
import numpy as np
import pytest
from numpy.typing import NDArray

from render.motion.recording import PIECE, Recording, UnreadableSound


def tone(seconds: float, rate: int, level: float = 0.3) -> NDArray[np.float64]:
    return level * np.sin(2 * np.pi * 440 * np.arange(round(seconds * rate)) / rate)


def write(path: Path, samples: NDArray[np.float64], rate: int, codec: str, layout: str) -> Path:
    """Writes (n,) samples, the same in every channel."""
    with av.open(str(path), "w") as file:
        stream = file.add_stream(codec, rate=rate, layout=layout)
        assert isinstance(stream, av.AudioStream)
        context = stream.codec_context
        frame = av.AudioFrame.from_ndarray(
            np.repeat(samples.astype(np.float32), context.channels)[None], "flt", layout
        )
        frame.sample_rate = rate
        resampler = av.AudioResampler(context.format.name, layout, rate)
        fifo = av.AudioFifo()
        for part in [*resampler.resample(frame), *resampler.resample(None)]:
            fifo.write(part)
        while piece := fifo.read(context.frame_size or 4096, partial=True):
            file.mux(stream.encode(piece))
        file.mux(stream.encode(None))
    return path


def read(path: Path) -> NDArray[np.int16]:
    return np.concatenate(list(Recording(path).pieces()))


@pytest.mark.parametrize(
    ("name", "codec", "rate", "layout"),
    [
        ("a.wav", "pcm_s16le", 8_000, "mono"),
        ("a.wav", "pcm_s16le", 96_000, "stereo"),
        ("a.wav", "pcm_f32le", 44_100, "stereo"),
        ("a.wav", "pcm_u8", 22_050, "mono"),
        ("a.flac", "flac", 48_000, "stereo"),
        ("a.mp3", "libmp3lame", 44_100, "stereo"),
        ("a.ogg", "libopus", 48_000, "stereo"),
        ("a.opus", "libopus", 48_000, "mono"),
        ("a.m4a", "aac", 44_100, "stereo"),
    ],
)
def test_any_format_rate_and_number_of_channels(
    tmp_path: Path, name: str, codec: str, rate: int, layout: str
) -> None:
    path = write(tmp_path / name, tone(2.0, rate), rate, codec, layout)
    samples = read(path)
    assert samples.dtype == np.int16
    assert len(samples) == pytest.approx(48_000, abs=2_600)
    middle = samples[12_000:36_000] / 32_768
    assert np.sqrt(np.mean(middle**2)) == pytest.approx(0.3 / np.sqrt(2), rel=0.05)
    spectrum = np.abs(np.fft.rfft(middle))
    assert np.argmax(spectrum) == pytest.approx(440, abs=2)
    assert Recording(path).seconds == pytest.approx(2.0, abs=0.1)


def test_a_long_file_comes_in_pieces(tmp_path: Path) -> None:
    path = write(tmp_path / "a.wav", tone(20.0, 16_000), 16_000, "pcm_s16le", "mono")
    sizes = [len(piece) for piece in Recording(path).pieces()]
    assert len(sizes) > 30
    assert max(sizes) < 2 * PIECE
    assert sum(sizes) == pytest.approx(480_000, abs=50)


def test_what_is_no_number_is_silent_and_spreads_to_nothing(tmp_path: Path) -> None:
    samples = tone(1.0, 24_000)
    samples[6_000:9_000] = np.nan
    samples[12_000] = np.inf
    heard = read(write(tmp_path / "a.wav", samples, 24_000, "pcm_f32le", "mono"))
    assert not heard[6_000:9_000].any()
    wanted = np.rint(np.nan_to_num(samples, posinf=0.0) * 32_768)
    np.testing.assert_allclose(heard, wanted, atol=1)


def test_too_loud_is_clipped(tmp_path: Path) -> None:
    path = write(tmp_path / "a.wav", tone(1.0, 24_000, level=4.0), 24_000, "pcm_f32le", "mono")
    heard = read(path)
    assert (heard.min(), heard.max()) == (-32_768, 32_767)


def test_twenty_milliseconds_are_enough(tmp_path: Path) -> None:
    path = write(tmp_path / "a.wav", tone(0.02, 24_000), 24_000, "pcm_s16le", "mono")
    assert len(read(path)) == 480


def test_files_without_sound_are_refused(tmp_path: Path) -> None:
    text, nothing, empty = (tmp_path / name for name in ("a.txt", "b.wav", "c.wav"))
    text.write_text("This is no sound, but a letter. " * 50)
    nothing.write_bytes(b"")
    with wave.open(str(empty), "wb") as file:
        file.setnchannels(1)
        file.setsampwidth(2)
        file.setframerate(16_000)
    for path in (text, nothing, tmp_path / "missing.wav", tmp_path):
        with pytest.raises(UnreadableSound, match=path.name):
            Recording(path)
    with pytest.raises(UnreadableSound, match="no sound"):
        list(Recording(empty).pieces())


def test_a_film_without_a_sound_track_is_refused(tmp_path: Path) -> None:
    path = tmp_path / "silent.mp4"
    with av.open(str(path), "w") as file:
        stream = file.add_stream("libx264", rate=25)
        stream.width = stream.height = 64
        stream.pix_fmt = "yuv420p"
        frame = av.VideoFrame.from_ndarray(np.zeros((64, 64, 3), np.uint8), format="rgb24")
        file.mux(stream.encode(frame))
        file.mux(stream.encode(None))
    with pytest.raises(UnreadableSound, match="no sound"):
        Recording(path)


def test_a_damaged_file_ends_where_it_is(tmp_path: Path) -> None:
    path = write(tmp_path / "a.flac", tone(4.0, 48_000), 48_000, "flac", "mono")
    path.write_bytes(path.read_bytes()[: path.stat().st_size // 2])
    assert 24_000 < len(read(path)) < 72_000
