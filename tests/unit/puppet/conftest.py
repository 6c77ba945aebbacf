"""One default avatar for all tests of this room, built once."""

from pathlib import Path

import pytest

from render.cloning.gallery import default_avatar
from render.face.avatar import AvatarBundle
from render.puppet.puppet import Puppet


@pytest.fixture(scope="session")
def vera(tmp_path_factory: pytest.TempPathFactory) -> AvatarBundle:
    cache: Path = tmp_path_factory.mktemp("avatars")
    return default_avatar("vera", cache)


@pytest.fixture(scope="session")
def puppet(vera: AvatarBundle) -> Puppet:
    return Puppet(vera, 512, 512)
