"""The default people: synthetic portraits that a package carries, made into avatars once."""

from dataclasses import dataclass
from importlib.util import find_spec
from pathlib import Path

from render.cloning.build import build_avatar
from render.cloning.interior.exemplar import cut_sheet, find_exemplar
from render.cloning.photo.file import load_photo
from render.face.avatar import AvatarBundle, Provenance
from render.face.bundle import VERSION, load_bundle, save_bundle
from render.face.errors import BundleError
from render.face.landmarks import FaceFinder

PEOPLE_PACKAGE = "openpeople"
RECIPE = 15
"""Raised whenever the default people should be built anew."""


@dataclass(frozen=True, slots=True)
class DefaultPerson:
    """A person of the people package.

    Attributes:
        name: The avatar's name, shown to people.
        person: Number in the package.
    """

    name: str
    person: str


DEFAULT_PEOPLE: dict[str, DefaultPerson] = {
    "vera": DefaultPerson("Vera", "P001"),
    "joe": DefaultPerson("Joe", "P007"),
    "mina": DefaultPerson("Mina", "P010"),
}


def portrait_file(person: str, people_package: str = PEOPLE_PACKAGE) -> Path:
    """Returns where a person's studio portrait lies.

    Raises:
        FileNotFoundError: The package or the person is missing.
    """
    spec = find_spec(people_package)
    if spec is None or not spec.submodule_search_locations:
        raise FileNotFoundError(f"the package {people_package}, which carries people, is missing")
    root = Path(spec.submodule_search_locations[0])
    path = root / "data" / "curated" / person / "assets" / "studio_portrait.jpg"
    if not path.is_file():
        raise FileNotFoundError(f"the package {people_package} has no person {person}")
    return path


def avatar_file(key: str, cache_dir: Path) -> Path:
    """Returns where a default avatar is kept; a new file format or recipe gets a new place."""
    return cache_dir / f"{key}.v{VERSION}-{RECIPE}.avatar"


def default_avatar(key: str, cache_dir: Path, people_package: str = PEOPLE_PACKAGE) -> AvatarBundle:
    """Loads one of the default avatars, building it (seconds) where it is not there yet.

    Args:
        key: One of `DEFAULT_PEOPLE`.
        cache_dir: Where avatars are kept; made where it does not exist.
        people_package: The package that holds the default people.

    Raises:
        KeyError: There is no such default person.
        FileNotFoundError: The people package lacks it.
    """
    person = DEFAULT_PEOPLE[key]
    path = avatar_file(key, cache_dir)
    try:
        return load_bundle(path)
    except (FileNotFoundError, BundleError):
        pass
    bundle = _build(person, people_package)
    cache_dir.mkdir(parents=True, exist_ok=True)
    save_bundle(bundle, path)
    return bundle


def build_gallery(cache_dir: Path, people_package: str = PEOPLE_PACKAGE) -> dict[str, AvatarBundle]:
    """Loads all default avatars, building those that are missing."""
    return {key: default_avatar(key, cache_dir, people_package) for key in DEFAULT_PEOPLE}


def _build(person: DefaultPerson, people_package: str) -> AvatarBundle:
    """Builds a person from the portrait, with the inside of the mouth from other pictures."""
    portrait = portrait_file(person.person, people_package)
    with FaceFinder() as finder:
        sheet_file = portrait.with_name("emotions_sheet.jpg")
        sheet = cut_sheet(load_photo(sheet_file), finder) if sheet_file.is_file() else {}
        selfie_file = portrait.with_name("amateur_selfie.jpg")
        selfie = find_exemplar(load_photo(selfie_file), finder) if selfie_file.is_file() else None
        rgb = load_photo(portrait)
        faces = finder.find_faces(rgb)
    return build_avatar(
        rgb,
        name=person.name,
        provenance=Provenance(f"{people_package} {person.person}", ai_generated=True),
        face=faces[0] if faces else None,
        sheet=sheet,
        photos=(selfie,) if selfie else (),
    )
