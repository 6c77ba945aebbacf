"""`visavis render` refuses what it cannot use and leaves nothing behind; rules stand in."""

from pathlib import Path

import pytest

from agent.commands.render import render_to_file
from agent.errors import BadRequest, BadSound, NotFound
from agent.models.motion import MotionService, batch_engine, load_pipeline
from agent.settings import FaceSettings, ServerSettings, Settings
from render.motion.engine import weights


def attempt(source: Path, out: Path, size: str = "128x128") -> None:
    settings = Settings(server=ServerSettings(data_dir=out.parent / "data"))
    render_to_file(settings, source, out, "vera", size, "#336699")


def test_what_is_no_sound_leaves_no_film(tmp_path: Path) -> None:
    text = tmp_path / "letter.wav"
    text.write_text("Dear sound, " * 100)
    with pytest.raises(BadSound) as refused:
        attempt(text, tmp_path / "out.mp4")
    assert refused.value.code == "bad_sound"
    with pytest.raises(NotFound):
        attempt(tmp_path / "missing.wav", tmp_path / "out.mp4")
    with pytest.raises(BadRequest):
        attempt(text, tmp_path / "out.mp4", "13x13")
    assert list(tmp_path.iterdir()) == [text]


def test_rules_move_the_face_if_asked_to() -> None:
    assert load_pipeline(FaceSettings(engine="rules")) is None
    assert batch_engine(FaceSettings(engine="rules")) is None


async def test_missing_weights_are_said_and_rules_stand_in(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    missing = weights.neural_pipeline
    monkeypatch.setattr(weights, "neural_pipeline", lambda: missing(tmp_path / "none.npz"))
    mover = MotionService(FaceSettings())
    await mover.start()
    assert mover.engine is None
    assert "motion_engine_fallback" in caplog.text
    mover.close()


@pytest.mark.models
async def test_a_server_loads_the_engine(caplog: pytest.LogCaptureFixture) -> None:
    mover = MotionService(FaceSettings())
    await mover.start()
    assert mover.engine is not None
    assert not caplog.records
    mover.close()
