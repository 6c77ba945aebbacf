"""Makes `folds.npz` from the synthetic people of the package openpeople.

Build time only: `python -m render.cloning.data_tools.folds`.
"""

import numpy as np
from numpy.typing import NDArray

from render.cloning.brows.shading import FOLDS_FILE, KINDS, lay_brow_grid, own_maps
from render.cloning.data_tools.donors import load_person
from render.cloning.interior.shading import NEUTRAL, carry_map
from render.face.landmarks import FaceFinder

DONORS = ("P007", "P007", "P001")
"""Who lends the lines of each of `KINDS`: clear, even, and level on both sides."""


def make() -> dict[str, NDArray[np.generic]]:
    """Returns the arrays of `folds.npz`."""
    with FaceFinder() as finder:
        people = {name: load_person(name, finder) for name in sorted(set(DONORS))}
    base = people[DONORS[0]].portrait
    grid = lay_brow_grid(base)
    layers = []
    for kind, name in enumerate(DONORS):
        portrait = people[name].portrait
        own = lay_brow_grid(portrait)
        maps = own_maps(own, portrait, people[name].sheet)
        if maps is None:
            raise ValueError(f"{name} lacks one of {KINDS}")
        carried = carry_map(grid, base.points, maps, own, portrait.points)
        layers.append(carried[..., kind] * grid.mask)
    codes = np.rint(np.exp(np.dstack(layers)) * NEUTRAL)
    return {
        "codes": np.clip(codes, 1, 255).astype(np.uint8),
        "points": base.points.astype(np.float32),
        "box": grid.box,
    }


if __name__ == "__main__":
    np.savez_compressed(FOLDS_FILE, allow_pickle=False, **make())
    print(f"{FOLDS_FILE.name}: {FOLDS_FILE.stat().st_size / 1024:.0f} KB")
