import hashlib
import sys
from dataclasses import replace
from pathlib import Path

import pytest

from agent.errors import ModelUnavailable
from agent.models import packages
from agent.models.packages import SPEECH_WEIGHTS, Weights


@pytest.mark.models
@pytest.mark.parametrize("weights", SPEECH_WEIGHTS, ids=lambda w: w.distribution)
def test_the_pinned_files_are_installed(weights: Weights) -> None:
    assert packages.find(weights).is_file()


def test_finding_imports_nothing(package: Weights) -> None:
    packages.find(package)
    assert package.package not in sys.modules


def test_an_altered_file_is_refused_and_a_restored_one_found(package: Weights) -> None:
    path = packages.find(package)
    good = path.read_bytes()
    path.write_bytes(good + b"!")
    with pytest.raises(ModelUnavailable, match="not the pinned file"):
        packages.find(package)
    path.write_bytes(good)
    assert packages.find(package) == path


def test_missing_packages_and_files_have_their_sentence(package: Weights) -> None:
    with pytest.raises(ModelUnavailable, match="some-weights is not installed"):
        packages.find(replace(package, package="not_there_at_all"))
    with pytest.raises(ModelUnavailable, match=r"some-weights lacks other\.bin"):
        packages.find(replace(package, file="other.bin"))


@pytest.fixture
def two_parts(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> bytes:
    parts = []
    for number, content in enumerate((b"first ", b"second")):
        folder = tmp_path / "site" / f"part_{number}" / "data"
        folder.mkdir(parents=True)
        (folder / "part").write_bytes(content)
        for name in ("config.json", "tokenizer.json", "vocabulary.json"):
            (folder / name).write_text(name)
        digest = hashlib.sha256(content).hexdigest()
        parts.append(Weights(f"part-{number}", f"part_{number}", "data/part", digest))
    monkeypatch.syspath_prepend(tmp_path / "site")
    monkeypatch.setattr(packages, "WHISPER_BASE_PARTS", tuple(parts))
    whole = b"first second"
    monkeypatch.setattr(packages, "WHISPER_BASE_SHA256", hashlib.sha256(whole).hexdigest())
    return whole


def test_parts_are_joined_once(two_parts: bytes, tmp_path: Path) -> None:
    folder = packages.joined_whisper_base(tmp_path / "models")
    model = folder / "model.bin"
    assert model.read_bytes() == two_parts
    assert (folder / "tokenizer.json").read_text() == "tokenizer.json"
    before = model.stat().st_mtime_ns
    assert packages.joined_whisper_base(tmp_path / "models") == folder
    assert model.stat().st_mtime_ns == before
    model.write_bytes(b"spoilt")
    packages.joined_whisper_base(tmp_path / "models")
    assert model.read_bytes() == two_parts
    assert sorted(file.name for file in folder.iterdir()) == [
        "config.json",
        "model.bin",
        "tokenizer.json",
        "vocabulary.json",
    ]


def test_parts_that_do_not_fit_are_refused(
    two_parts: bytes, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(packages, "WHISPER_BASE_SHA256", "0" * 64)
    with pytest.raises(ModelUnavailable, match="not the pinned model"):
        packages.joined_whisper_base(tmp_path / "models")
    (tmp_path / "file").write_text("in the way")
    with pytest.raises(ModelUnavailable, match="cannot be written"):
        packages.joined_whisper_base(tmp_path / "file")


@pytest.fixture
def package(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Weights:
    folder = tmp_path / "some_weights"
    folder.mkdir()
    (folder / "__init__.py").write_text("raise ImportError('never import this')")
    (folder / "model.bin").write_bytes(b"weights")
    monkeypatch.syspath_prepend(tmp_path)
    digest = hashlib.sha256(b"weights").hexdigest()
    return Weights("some-weights", "some_weights", "model.bin", digest)
