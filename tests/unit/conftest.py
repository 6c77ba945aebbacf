"""One default avatar for all unit tests, built once."""

from pathlib import Path

import pytest

from render.cloning.gallery import default_avatar
from render.face.avatar import AvatarBundle
from render.puppet.puppet import Puppet


@pytest.fixture(scope="session")
def avatars_dir(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Where the default avatars are built, each once, with the code of today."""
    return tmp_path_factory.mktemp("data") / "avatars"


@pytest.fixture(scope="session")
def vera(avatars_dir: Path) -> AvatarBundle:
    return default_avatar("vera", avatars_dir)


@pytest.fixture(scope="session")
def puppet(vera: AvatarBundle) -> Puppet:
    return Puppet(vera, 512, 512)
