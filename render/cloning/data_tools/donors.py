"""Makes `donors.npz` from the synthetic people of the package openpeople.

Build time only: `python -m render.cloning.data_tools.donors`.
"""

from dataclasses import dataclass, replace
from importlib.util import find_spec
from pathlib import Path

import cv2
import numpy as np
from numpy.typing import NDArray

from render.cloning.fit import fit_face
from render.cloning.interior.donors import DONORS_FILE
from render.cloning.interior.exemplar import (
    OPEN_LABELS,
    Exemplar,
    apply,
    cut_sheet,
    find_exemplar,
    similarity,
)
from render.cloning.interior.interior import own_cavity, own_teeth
from render.cloning.interior.shading import NEUTRAL, lay_grid, plainest_ratio
from render.cloning.interior.textures import PinnedTexture, incisal_edge
from render.cloning.photo.file import load_photo
from render.face import topology
from render.face.landmarks import FaceFinder
from render.face.shapes import load_shapes

DONORS = ("P001", "P002", "P006", "P008", "P010")
"""Frontally lit, teeth and cavity fully shown."""
POPULATION = ("P001", "P002", "P004", "P006", "P007", "P008", "P009", "P010")
"""Whose shading is averaged; all but a moustache and a likeness."""
EYES_APART = 64.0
ENAMEL = (1.0, 0.93, 0.82)
_PORTRAIT_SIDE = 1024
_WEBP_QUALITY = 88


@dataclass(frozen=True, slots=True)
class Person:
    """One person of the package.

    Attributes:
        portrait: Studio portrait at rest.
        rest: (468, 2) landmarks with the lips closed, pixels of the portrait.
        sheet: Labelled expressions.
        selfie: A smile, or None where no face is found.
    """

    portrait: Exemplar
    rest: NDArray[np.float32]
    sheet: dict[str, Exemplar]
    selfie: Exemplar | None


def people_folder() -> Path:
    """Returns where the packaged people lie."""
    spec = find_spec("openpeople")
    if spec is None or not spec.submodule_search_locations:
        raise FileNotFoundError("the package openpeople is missing")
    return Path(spec.submodule_search_locations[0]) / "data" / "curated"


def load_person(name: str, finder: FaceFinder) -> Person:
    """Reads one person and finds the face in every picture."""
    folder = people_folder() / name / "assets"
    rgb = load_photo(folder / "studio_portrait.jpg")
    factor = _PORTRAIT_SIDE / max(rgb.shape[:2])
    small = cv2.resize(rgb, None, fx=factor, fy=factor, interpolation=cv2.INTER_AREA)
    portrait = find_exemplar(np.asarray(small, np.uint8), finder)
    if portrait is None:
        raise ValueError(f"no face in the portrait of {name}")
    rest = fit_face(portrait.face, load_shapes()).neutral[:, :2] * [1, -1]
    return Person(
        portrait,
        rest.astype(np.float32),
        cut_sheet(load_photo(folder / "emotions_sheet.jpg"), finder),
        find_exemplar(load_photo(folder / "amateur_selfie.jpg"), finder),
    )


def mean_face(people: list[Person]) -> NDArray[np.float32]:
    """Returns the (468, 2) mean of the resting faces, the eyes level and `EYES_APART` apart."""
    first = people[0].portrait.points[: topology.LANDMARKS]
    eyes = first[[33, 133, 263, 362]].reshape(2, 2, 2).mean(1)
    middle = eyes.mean(0)
    factor = EYES_APART / np.linalg.norm(eyes[1] - eyes[0])
    target = ((first - middle) * factor).astype(np.float32)
    for _ in range(3):
        moved = [
            apply(similarity(one.portrait.points[: topology.LANDMARKS], target),
                  one.portrait.points[: topology.LANDMARKS])
            for one in people
        ]  # fmt: skip
        target = np.mean(moved, axis=0).astype(np.float32)
    return np.asarray(target - target.min(0) + 20, np.float32)


def mean_ratios(
    people: list[Person], face: NDArray[np.float32]
) -> tuple[NDArray[np.uint8], NDArray[np.uint8]]:
    """Returns how a smile and an open mouth shade people on average, mirrored into symmetry."""
    grid = lay_grid(face)
    logs: dict[str, list[NDArray[np.float32]]] = {"smile": [], "open": []}
    for person in people:
        for kind, labels in (("smile", ("happy",)), ("open", OPEN_LABELS)):
            logs[kind].append(np.log(plainest_ratio(grid, face, person.sheet, labels)))
    smile, wide = (np.exp(np.median(logs[kind], axis=0)) for kind in ("smile", "open"))
    return _code(smile), _code(wide)


def _code(ratio: NDArray[np.float32]) -> NDArray[np.uint8]:
    even = (ratio + ratio[:, ::-1]) / 2
    return np.asarray(np.clip(np.round(even * NEUTRAL), 1, 255), np.uint8)


def _webp(texture: PinnedTexture) -> NDArray[np.uint8]:
    bgra = np.ascontiguousarray(texture.rgba[..., [2, 1, 0, 3]])
    _, data = cv2.imencode(".webp", bgra, [cv2.IMWRITE_WEBP_QUALITY, _WEBP_QUALITY])
    return np.asarray(data, np.uint8).ravel()


def _warmed(teeth: PinnedTexture) -> PinnedTexture:
    """Gives bright enamel the white of teeth by daylight; tiles of the sheets are bluish."""
    rgba = teeth.rgba.astype(np.float32)
    bright = rgba[(rgba[..., 3] > 200) & (rgba[..., :3].min(2) > 120)][:, :3]
    median = np.median(bright, axis=0)
    gain = np.array(ENAMEL) / median * (median.sum() / sum(ENAMEL))
    rgba[..., :3] = np.clip(rgba[..., :3] * gain, 0, 255)
    return replace(teeth, rgba=np.round(rgba).astype(np.uint8))


def make() -> dict[str, NDArray[np.generic]]:
    """Returns the arrays of `donors.npz`."""
    arrays: dict[str, NDArray[np.generic]] = {}
    teeth_boxes, cavity_boxes, measures = [], [], []
    with FaceFinder() as finder:
        people = {name: load_person(name, finder) for name in POPULATION}
    for index, name in enumerate(DONORS):
        person = people[name]
        portrait, others = person.portrait, [*person.sheet.values()]
        smiles = [person.selfie, *others] if person.selfie else others
        pin = person.rest[[topology.UPPER_LIP, topology.LOWER_LIP]].mean(0)
        teeth, cavity = (
            own_teeth(portrait, pin, smiles),
            own_cavity(
                portrait, [person.sheet[label] for label in OPEN_LABELS if label in person.sheet]
            ),
        )
        if teeth is None or cavity is None:
            raise ValueError(f"{name} shows no teeth or no open mouth")
        teeth, edge = _warmed(teeth), incisal_edge(teeth)
        teeth_boxes.append(teeth.box - np.array([0, edge, 0, edge]))
        cavity_boxes.append(cavity.box)
        arrays[f"teeth_{index}"], arrays[f"cavity_{index}"] = _webp(teeth), _webp(cavity)
        corners, edges = (
            person.rest[list(ends)] for ends in (topology.MOUTH_CORNERS, topology.CHEEK_EDGES)
        )
        measures.append(
            (
                np.linalg.norm(corners[1] - corners[0]),
                np.linalg.norm(edges[1] - edges[0]),
                portrait.skin_light(),
            )
        )
    face = mean_face(list(people.values()))
    arrays["smile_ratio"], arrays["open_ratio"] = mean_ratios(list(people.values()), face)
    arrays["points"] = face
    arrays["teeth_boxes"] = np.array(teeth_boxes, np.float32)
    arrays["cavity_boxes"] = np.array(cavity_boxes, np.float32)
    arrays["measures"] = np.array(measures, np.float32)
    return arrays


if __name__ == "__main__":
    np.savez_compressed(DONORS_FILE, allow_pickle=False, **make())
    print(f"{DONORS_FILE.name}: {DONORS_FILE.stat().st_size / 1024:.0f} KB")
