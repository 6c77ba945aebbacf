"""The avatar file: what goes in comes out, and nothing else is let in."""

import io
import json
import zipfile
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from render.cloning.build import build_avatar
from render.cloning.gallery import DEFAULT_PEOPLE, avatar_file, build_gallery, default_avatar
from render.face.avatar import AvatarBundle, OwnLook, Provenance
from render.face.bundle import dump_bundle, load_bundle, parse_bundle, save_bundle
from render.face.errors import BundleCorrupt, BundleError, BundleTooNew, NoFace
from render.face.topology import LANDMARKS
from render.types import ARKIT_SHAPES

pytestmark = pytest.mark.models


@pytest.fixture(scope="module")
def joe(avatars_dir: Path) -> AvatarBundle:
    return default_avatar("joe", avatars_dir)


@pytest.fixture(scope="module")
def data(joe: AvatarBundle) -> bytes:
    return dump_bundle(joe)


def edited(data: bytes, change: Callable[[dict[str, Any]], None]) -> bytes:
    """Returns the file with a changed manifest."""
    source, target = zipfile.ZipFile(io.BytesIO(data)), io.BytesIO()
    with zipfile.ZipFile(target, "w") as archive:
        for name in source.namelist():
            content = source.read(name)
            if name == "manifest.json":
                manifest = json.loads(content)
                change(manifest)
                content = json.dumps(manifest).encode()
            archive.writestr(name, content)
    return target.getvalue()


def test_what_is_saved_comes_back(data: bytes, joe: AvatarBundle, tmp_path: Path) -> None:
    path = tmp_path / "joe.avatar"
    save_bundle(joe, path)
    again = load_bundle(path)
    assert dump_bundle(again) == data == path.read_bytes()
    assert again.name == "Joe"
    np.testing.assert_array_equal(again.mesh.deltas, joe.mesh.deltas)
    assert [entry.name for entry in tmp_path.iterdir()] == ["joe.avatar"]


def test_it_is_small(data: bytes, joe: AvatarBundle) -> None:
    assert max(joe.canvas) == 1024
    assert len(data) < 1_000_000


def test_default_people_are_labelled_generated(joe: AvatarBundle) -> None:
    assert joe.provenance.ai_generated
    assert "P007" in joe.provenance.source


def test_the_gallery_builds_once(avatars_dir: Path) -> None:
    assert set(build_gallery(avatars_dir)) == set(DEFAULT_PEOPLE)
    stamps = {key: avatar_file(key, avatars_dir).stat().st_mtime_ns for key in DEFAULT_PEOPLE}
    build_gallery(avatars_dir)
    assert stamps == {
        key: avatar_file(key, avatars_dir).stat().st_mtime_ns for key in DEFAULT_PEOPLE
    }


def test_a_damaged_cache_is_built_anew(avatars_dir: Path, data: bytes) -> None:
    avatar_file("joe", avatars_dir).write_bytes(data[:1000])
    assert dump_bundle(default_avatar("joe", avatars_dir)) == data


def test_an_unknown_person_is_refused(avatars_dir: Path) -> None:
    with pytest.raises(KeyError):
        default_avatar("nobody", avatars_dir)


@pytest.mark.parametrize("size", [0, 10, 1_000, 100_000])
def test_a_truncated_file_is_corrupt(data: bytes, size: int) -> None:
    with pytest.raises(BundleCorrupt) as caught:
        parse_bundle(data[:size])
    assert caught.value.code == "bundle_corrupt"


def test_a_flipped_byte_is_corrupt(data: bytes) -> None:
    damaged = bytearray(data)
    damaged[len(data) // 2] ^= 0x10
    with pytest.raises(BundleCorrupt):
        parse_bundle(bytes(damaged))


def test_a_newer_version_is_named_as_such(data: bytes) -> None:
    with pytest.raises(BundleTooNew) as caught:
        parse_bundle(edited(data, lambda manifest: manifest.update(version=99)))
    assert caught.value.code == "bundle_too_new"
    assert isinstance(caught.value, BundleError)


def set_format(manifest: dict[str, Any]) -> None:
    manifest["format"] = "something else"


def drop_version(manifest: dict[str, Any]) -> None:
    del manifest["version"]


def drop_lips(manifest: dict[str, Any]) -> None:
    del manifest["avatar"]["lips"]


def add_field(manifest: dict[str, Any]) -> None:
    manifest["avatar"]["extra"] = 1


def reach_outside(manifest: dict[str, Any]) -> None:
    manifest["avatar"]["mesh"]["rest"]["at"] = 10**9


def shrink_mesh(manifest: dict[str, Any]) -> None:
    manifest["avatar"]["mesh"]["rest"]["shape"] = [468, 3]


def wrong_type(manifest: dict[str, Any]) -> None:
    manifest["avatar"]["mesh"]["face"]["dtype"] = "int32"


def huge_array(manifest: dict[str, Any]) -> None:
    manifest["avatar"]["mesh"]["rest"]["shape"] = [2**62, 2**62]


def text_for_number(manifest: dict[str, Any]) -> None:
    manifest["avatar"]["head"]["width"] = "wide"


def name_outside(manifest: dict[str, Any]) -> None:
    textures = manifest["avatar"]["textures"]
    textures["../../etc/passwd"] = textures["skin"]


@pytest.mark.parametrize(
    "change",
    [set_format, drop_version, drop_lips, add_field, reach_outside, shrink_mesh, wrong_type,
     huge_array, text_for_number, name_outside],
)  # fmt: skip
def test_a_manifest_that_does_not_fit_is_corrupt(
    data: bytes, change: Callable[[dict[str, Any]], None]
) -> None:
    with pytest.raises(BundleCorrupt):
        parse_bundle(edited(data, change))


def test_indices_outside_the_mesh_are_corrupt(joe: AvatarBundle) -> None:
    face = joe.mesh.face.copy()
    face[0, 0] = len(joe.mesh.rest)
    with pytest.raises(BundleCorrupt):
        parse_bundle(dump_bundle(replace(joe, mesh=replace(joe.mesh, face=face))))


def test_a_texture_that_is_no_picture_is_corrupt(joe: AvatarBundle) -> None:
    broken = replace(joe.textures["skin"], data=b"not a picture")
    textures = joe.textures | {"skin": broken}
    with pytest.raises(BundleCorrupt):
        parse_bundle(dump_bundle(replace(joe, textures=textures)))


def make_version_1(manifest: dict[str, Any]) -> None:
    manifest["version"] = 1
    del manifest["avatar"]["own"]


def test_a_version_1_file_is_read(data: bytes, joe: AvatarBundle) -> None:
    assert joe.own is None
    old = parse_bundle(edited(data, make_version_1))
    assert old.own is None
    assert dump_bundle(old) == data


@pytest.fixture
def smiling(joe: AvatarBundle) -> AvatarBundle:
    """Joe with an expression of his own, drawn with whatever textures."""
    own = OwnLook(
        weights=np.full(len(ARKIT_SHAPES), 0.5, np.float32),
        delta=np.ones((LANDMARKS, 3), np.int8),
        delta_scale=0.1,
        rim_uv=np.full((2, joe.lips.upper.shape[1], 2), 100, np.float32),
        depth=3.0,
    )
    textures = joe.textures | dict.fromkeys(("own_lips", "own_mouth"), joe.textures["smooth"])
    return replace(joe, own=own, textures=textures)


def test_an_expression_of_the_photo_comes_back(smiling: AvatarBundle) -> None:
    data = dump_bundle(smiling)
    again = parse_bundle(data)
    assert dump_bundle(again) == data
    assert again.own is not None
    assert again.own.depth == 3.0
    np.testing.assert_array_equal(again.own.delta, 1)


@pytest.mark.parametrize(
    "damage",
    [
        {"weights": np.zeros(3, np.float32)},
        {"weights": np.full(len(ARKIT_SHAPES), np.nan, np.float32)},
        {"delta": np.zeros((LANDMARKS + 1, 3), np.int8)},
        {"rim_uv": np.zeros((2, 3, 2), np.float32)},
        {"delta_scale": float("inf")},
        {"depth": float("nan")},
    ],
)
def test_a_damaged_expression_is_corrupt(smiling: AvatarBundle, damage: dict[str, Any]) -> None:
    assert smiling.own is not None
    broken = replace(smiling, own=replace(smiling.own, **damage))
    with pytest.raises(BundleCorrupt, match="own"):
        parse_bundle(dump_bundle(broken))


def test_an_expression_without_its_pictures_is_corrupt(smiling: AvatarBundle) -> None:
    for name in ("own_lips", "own_mouth"):
        textures = {key: item for key, item in smiling.textures.items() if key != name}
        with pytest.raises(BundleCorrupt, match="textures"):
            parse_bundle(dump_bundle(replace(smiling, textures=textures)))


def test_a_picture_without_a_face_is_refused() -> None:
    grey = np.full((300, 300, 3), 128, np.uint8)
    with pytest.raises(NoFace) as caught:
        build_avatar(grey, name="x", provenance=Provenance("test", ai_generated=True))
    assert caught.value.code == "no_face"
