"""Where avatars are kept."""

import logging
import zipfile
from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from agent.avatars.record import STATEMENT, Consent, agreed, clean_name
from agent.avatars.store import ID, AvatarStore
from agent.errors import BadRequest, ConsentRequired, NotFound, Unauthorized

NOON = datetime(2030, 5, 1, 12, 0, tzinfo=UTC)
CONSENT = Consent(by="Ana", at=NOON)


class Clock:
    def __init__(self) -> None:
        self.time = NOON

    def __call__(self) -> datetime:
        self.time += timedelta(seconds=1)
        return self.time


@pytest.fixture
def store(tmp_path: Path) -> AvatarStore:
    return AvatarStore(tmp_path, now=Clock())


@pytest.fixture
def bundle(tmp_path: Path) -> bytes:
    path = tmp_path / "bundle"
    with zipfile.ZipFile(path, "w") as archive:
        archive.writestr("manifest.json", "{}")
    return path.read_bytes()


def files(folder: Path) -> list[str]:
    return sorted(path.name for path in (folder / "clones").rglob("*"))


def test_default_people_are_there_from_the_beginning_and_labelled(store: AvatarStore) -> None:
    people = store.list()
    assert [record.id for record in people] == ["vera", "joe", "mina"]
    assert all(record.ai_generated and record.shared and not record.consent for record in people)
    with pytest.raises(NotFound):
        store.delete("vera")


def test_a_clone_comes_back_with_its_consent(store: AvatarStore, bundle: bytes) -> None:
    made, token = store.add(bundle, b"jpeg", "Ana", CONSENT, advice=("Smile.",))
    assert ID.fullmatch(made.id)
    again = AvatarStore(store.folder)
    assert again.get(made.id) == made
    assert again.list()[3:] == [made]
    assert made.consent is not None
    assert made.consent.sentence() == f'Ana, 2030-05-01: "{STATEMENT}" (version 1)'
    assert (made.ai_generated, made.shared, made.created) == (
        False,
        False,
        store.get(made.id).created,
    )
    assert store.bundle_file(made.id).read_bytes() == bundle
    assert store.portrait(made.id) == b"jpeg"
    assert token not in (store.bundle_file(made.id).parent / "record.json").read_text()


def test_deleting_leaves_nothing(store: AvatarStore, bundle: bytes) -> None:
    made, token = store.add(bundle, b"jpeg", "Ana", CONSENT)
    other, _ = store.add(bundle, b"jpeg", "Bea", CONSENT)
    store.preview_file(made.id, "heart").write_bytes(b"film")
    with pytest.raises(Unauthorized):
        store.delete(made.id, "guess")
    store.delete(made.id, token)
    assert files(store.folder) == sorted([other.id, "avatar.avatar", "portrait.jpg", "record.json"])
    for gone in (store.get, store.bundle_file, store.portrait, store.delete):
        with pytest.raises(NotFound):
            gone(made.id)


@pytest.mark.parametrize(
    "avatar",
    ["", "nobody", "..", "../vera", "/etc/passwd", "a" * 24, "A" * 24, "0" * 23, "0\n" * 12],
)
def test_what_is_no_id_is_not_found(store: AvatarStore, avatar: str) -> None:
    with pytest.raises(NotFound):
        store.get(avatar)
    with pytest.raises(NotFound):
        store.load(avatar)


def test_many_at_once_keep_apart(store: AvatarStore, bundle: bytes) -> None:
    names = [f"Person {number}" for number in range(24)]
    with ThreadPoolExecutor(8) as threads:
        made = list(threads.map(lambda name: store.add(bundle, b"", name, CONSENT)[0], names))
    assert [record.name for record in made] == names
    assert len({record.id for record in made}) == len(names)
    assert {record.id for record in store.list()[3:]} == {record.id for record in made}


def test_an_interrupted_clone_leaves_nothing(
    store: AvatarStore, bundle: bytes, monkeypatch: pytest.MonkeyPatch
) -> None:
    def full(path: Path, target: Path) -> Path:
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(Path, "rename", full)
    with pytest.raises(OSError, match="No space"):
        store.add(bundle, b"", "Ana", CONSENT)
    assert files(store.folder) == []


def test_damaged_ones_are_skipped_with_a_warning(
    store: AvatarStore, bundle: bytes, caplog: pytest.LogCaptureFixture
) -> None:
    good, no_record, no_zip, no_bundle = (
        store.add(bundle, b"", name, CONSENT)[0] for name in ("Ana", "Bea", "Cy", "Di")
    )
    (store.bundle_file(no_record.id).parent / "record.json").write_text('{"id": 5')
    store.bundle_file(no_zip.id).write_bytes(b"no zip")
    store.bundle_file(no_bundle.id).unlink()
    (store.folder / "clones" / "stray.txt").write_text("stray")
    with caplog.at_level(logging.WARNING):
        assert [record.id for record in store.list()[3:]] == [good.id]
    assert len(caplog.records) == 3
    assert all(record.name not in caplog.text for record in (no_record, no_zip, no_bundle))
    with pytest.raises(NotFound):
        store.load(good.id)  # a zip, but no avatar


def test_what_a_dead_process_left_is_cleared(store: AvatarStore) -> None:
    clones = store.folder / "clones"
    (clones / ".gone-1").mkdir()
    (clones / ".gone-1" / "portrait.jpg").write_bytes(b"face")
    (clones / ".new-1").mkdir()
    AvatarStore(store.folder, now=lambda: datetime.now(UTC) + timedelta(minutes=5))
    assert files(store.folder) == [".new-1"]
    AvatarStore(store.folder, now=lambda: datetime.now(UTC) + timedelta(hours=2))
    assert files(store.folder) == []


@pytest.mark.parametrize(
    ("given", "shown"),
    [("  Ana  Ω\tLee ", "Ana Ω Lee"), ("Zoë", "Zoë"), ("Zoe\u0308", "Zoë"), ("../x", "../x")],
)
def test_names_are_shown_tidily(given: str, shown: str) -> None:
    assert clean_name(given) == shown


@pytest.mark.parametrize("name", ["", "  \n ", "x" * 61, "a\x00b", "a\u202eb", "\ud800"])
def test_names_that_cannot_be_shown_are_refused(name: str) -> None:
    with pytest.raises(BadRequest):
        clean_name(name)


def test_consent_needs_a_name() -> None:
    assert agreed(" Ana ", NOON) == CONSENT
    with pytest.raises(ConsentRequired):
        agreed("  ", NOON)
