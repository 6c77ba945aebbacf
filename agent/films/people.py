"""Whose face a film shows: one of the default people, or an avatar's file."""

from pathlib import Path

from agent.errors import NotFound
from agent.settings import Settings
from render.cloning.gallery import DEFAULT_PEOPLE, default_avatar
from render.face.avatar import AvatarBundle
from render.face.bundle import load_bundle
from render.face.errors import BundleError


def find_avatar(settings: Settings, avatar: str) -> AvatarBundle:
    """Loads a default person by name, or an avatar from its file.

    Raises:
        NotFound: There is no such avatar, or its file is damaged.
    """
    if avatar in DEFAULT_PEOPLE:
        folder = settings.server.data_dir / "avatars"
        return default_avatar(avatar, folder, settings.face.people_package)
    try:
        return load_bundle(Path(avatar))
    except (OSError, BundleError) as error:
        names = ", ".join(DEFAULT_PEOPLE)
        raise NotFound(f"{avatar} is neither one of {names} nor an avatar file.") from error
