"""Photos become avatars, by function and by command."""

from datetime import UTC, datetime
from pathlib import Path

import numpy as np
import pytest
import typer

from agent.avatars.clone import NO_CAVITY, NO_TEETH, Photos, clone
from agent.avatars.record import STATEMENT, Consent
from agent.avatars.store import AvatarStore
from agent.commands.avatars import avatars_command, clone_command
from agent.errors import BadPhoto, BadRequest, ConsentRequired
from agent.settings import ServerSettings, Settings
from render.cloning.gallery import portrait_file
from render.face.bundle import dump_bundle, load_bundle, parse_bundle
from render.puppet.puppet import Puppet
from render.types import Motion

CONSENT = Consent(by="Ana", at=datetime(2030, 5, 1, tzinfo=UTC))


def picture(person: str, name: str = "amateur_selfie") -> Path:
    return portrait_file(person).with_name(f"{name}.jpg")


def settings(folder: Path) -> Settings:
    return Settings(server=ServerSettings(data_dir=folder))


def kept(folder: Path) -> list[Path]:
    return [path for path in folder.rglob("*") if path.is_file()]


@pytest.mark.models
@pytest.mark.parametrize("person", ["P002", "P004", "P006", "P008"])
def test_a_selfie_becomes_somebody_who_can_speak(person: str) -> None:
    made = clone(Photos(picture(person).read_bytes()), "Ana", CONSENT)
    data = dump_bundle(made.bundle)
    assert len(data) < 1_000_000
    bundle = parse_bundle(data)
    assert bundle.name == "Ana"
    assert not bundle.provenance.ai_generated
    assert STATEMENT in bundle.provenance.consent
    puppet = Puppet(bundle, 256, 256)
    closed = puppet.draw(Motion.of(seal=1.0)).copy()
    assert puppet.lip_gap < 1
    opened = puppet.draw(Motion.of(jawOpen=0.7))
    assert puppet.lip_gap > 5
    moved = np.abs(opened.astype(int) - closed).max(2) > 24
    assert 0.002 < moved.mean() < 0.2


@pytest.mark.models
def test_further_photos_give_the_own_mouth_or_advice() -> None:
    calm, smile = picture("P010", "studio_portrait"), picture("P010")
    own = clone(Photos(calm, smiling=smile), "Ana", CONSENT)
    assert own.bundle.mouth.own_teeth
    assert NO_TEETH not in own.advice
    useless = clone(Photos(calm, smiling=calm, open_mouth=calm), "Ana", CONSENT)
    assert not useless.bundle.mouth.own_teeth
    assert {NO_TEETH, NO_CAVITY} <= set(useless.advice)


@pytest.mark.models
def test_the_command_keeps_the_avatar_and_says_where(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    out = tmp_path / "ana.avatar"
    clone_command(
        settings(tmp_path),
        picture("P006"),
        "Ana",
        consent=STATEMENT + ".",
        consent_by="Bea",
        out=out,
        shared=True,
    )
    record = AvatarStore(tmp_path / "avatars").list()[-1]
    assert (record.name, record.shared) == ("Ana", True)
    assert record.consent is not None
    assert record.consent.by == "Bea"
    said = capsys.readouterr().out
    assert f"?avatar={record.id}" in said
    assert load_bundle(out).name == "Ana"
    avatars_command(settings(tmp_path))
    assert record.id in capsys.readouterr().out
    avatars_command(settings(tmp_path), delete=record.id)
    assert kept(tmp_path) == [out]


@pytest.mark.parametrize("consent", ["", "yes", "I do not agree"])
def test_without_consent_nothing_is_read(tmp_path: Path, consent: str) -> None:
    with pytest.raises(ConsentRequired, match=STATEMENT):
        clone_command(settings(tmp_path), tmp_path / "none.jpg", "Ana", consent=consent)
    assert kept(tmp_path) == []


@pytest.mark.parametrize("agrees", [False, None])
def test_a_refusal_when_asked_is_one(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, agrees: bool | None
) -> None:
    def confirm(question: str) -> bool:
        assert STATEMENT in question
        if agrees is None:
            raise typer.Abort  # nobody is at the terminal
        return agrees

    monkeypatch.setattr(typer, "confirm", confirm)
    with pytest.raises(ConsentRequired):
        clone_command(settings(tmp_path), tmp_path / "none.jpg", "Ana")
    assert kept(tmp_path) == []


def test_the_command_refuses_what_it_cannot_use(tmp_path: Path) -> None:
    photo, huge = tmp_path / "none.jpg", tmp_path / "huge.jpg"
    with huge.open("wb") as file:
        file.truncate(200 * 10**6)
    for path, code in [(photo, "photo_missing"), (huge, "photo_file_too_large")]:
        with pytest.raises(BadPhoto) as refused:
            clone_command(settings(tmp_path / "data"), path, "Ana", consent=STATEMENT)
        assert refused.value.code == code
    with pytest.raises(BadRequest):
        clone_command(settings(tmp_path / "data"), huge, "\n", consent=STATEMENT)
    nowhere = tmp_path / "no" / "where"
    with pytest.raises(BadRequest):
        clone_command(settings(tmp_path / "data"), huge, "Ana", consent=STATEMENT, out=nowhere)
    assert kept(tmp_path) == [huge]
