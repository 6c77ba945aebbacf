"""For all unit tests: the event loop is watched, and one default avatar is built once."""

from collections.abc import Generator
from pathlib import Path

import pytest
from loop_watch import EventLoopBlocked, long_steps

from agent.speech.turn_taking.words import word_list
from agent.speech.voices.reading.language import language
from render.cloning.gallery import avatar_file, default_avatar
from render.face.avatar import AvatarBundle
from render.motion.warm import warm_up_motion
from render.puppet.puppet import Puppet


@pytest.hookimpl(wrapper=True)
def pytest_runtest_call(item: pytest.Item) -> Generator[None, None, None]:
    """A test fails where a step held an event loop, unless its mark `holds_loop` says why."""
    with long_steps() as found:
        yield
    if found and item.get_closest_marker("holds_loop") is None:
        raise EventLoopBlocked(", ".join(map(str, found)))


@pytest.fixture(scope="session", autouse=True)
def loaded() -> None:
    """Compiled kernels and the words of English are there, as they are in a server that is up."""
    warm_up_motion()
    language("en")
    word_list("last_words")


@pytest.fixture(scope="session")
def avatars_dir(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Where the default avatars are built, each once, with the code of today."""
    return tmp_path_factory.mktemp("data") / "avatars"


@pytest.fixture(scope="session")
def vera(avatars_dir: Path) -> AvatarBundle:
    return default_avatar("vera", avatars_dir)


@pytest.fixture(scope="session")
def vera_file(vera: AvatarBundle, avatars_dir: Path) -> Path:
    return avatar_file("vera", avatars_dir)


@pytest.fixture(scope="session")
def puppet(vera: AvatarBundle) -> Puppet:
    return Puppet(vera, 512, 512)
