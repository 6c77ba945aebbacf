"""Scales one person's shapes so that commands read on the face as far as they are meant.

Brows lie low on some faces and lips are thick on others: the same movement says more or less. The
face is drawn, a landmarker reads it, and a shape that reads too little, too late or too early is
scaled within bounds; where pursed lips read too early, what covers their corners is thinned too.
Lids that do not read as closed close lower and bring more of the skin above them along.
"""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from render.cloning.fit import BLINK_CREASE, BLINK_LOWER
from render.face import topology
from render.face.avatar import AvatarBundle, Mesh
from render.face.landmarks import FaceFinder
from render.puppet.puppet import Puppet
from render.types import ARKIT_SHAPES, Motion

SIZE = 384
LEVELS = (0.0, 0.2, 0.4, 0.6, 0.8, 1.0)
STEP_UP, STEP_DOWN = 1.2, 0.8
TRIES = 7
ENOUGH_READ, STRAIGHT = 0.56, 0.957
"""What a full command should read, and how straight the readings should rise."""
BLIND = 0.05
"""A shape that reads less than this at full is not seen: a beard hides it."""
BLINK_READ = 0.48
"""What closed eyes should read; those of photos read .52 to .54."""
BLINKS = ("eyeBlinkRight", "eyeBlinkLeft")


class LidClosing(NamedTuple):
    """How lids close: how far lower lid and crease go down, openings of the eye."""

    lower: float = BLINK_LOWER
    crease: float = BLINK_CREASE


CLOSINGS = (
    LidClosing(), LidClosing(0.10, 0.75), LidClosing(0.16, 0.9), LidClosing(0.16, 1.0),
    LidClosing(0.16, 1.1),
)  # fmt: skip
"""Tried in this order, from the most to the least usual."""


@dataclass(frozen=True, slots=True)
class Tuned:
    """A shape whose scale is found by looking.

    Attributes:
        shapes: Commanded and read together.
        least, most: Bounds on its factor.
        least_cover: Bound on the factor of the corners' cover, 1 where the shape has none.
        straight: How straight the readings should rise.
    """

    shapes: tuple[str, ...]
    least: float
    most: float
    least_cover: float = 1.0
    straight: float = STRAIGHT


class Factors(NamedTuple):
    """How far to scale a shape, and the cover of the mouth's corners."""

    shape: float = 1.0
    cover: float = 1.0

    def after(self, reading: "Reading", tuned: Tuned) -> "Factors":
        """Returns the factors to try after a reading."""
        weaker = reading.early and reading.full > ENOUGH_READ
        shape = self.shape * (STEP_DOWN if weaker else STEP_UP)
        cover = self.cover * STEP_DOWN if weaker else self.cover
        return Factors(
            float(np.clip(shape, tuned.least, tuned.most)), max(cover, tuned.least_cover)
        )


TUNED = (
    Tuned(("browInnerUp",), 0.8, 2.75, straight=0.975),
    Tuned(("browOuterUpLeft", "browOuterUpRight"), 0.8, 1.85),
    Tuned(("mouthPucker",), 0.5, 1.25, least_cover=0.5),
    Tuned(("jawOpen",), 0.75, 1.1),
)


@dataclass(frozen=True, slots=True)
class Reading:
    """How a sweep reads.

    Attributes:
        full: Score at the full command.
        straight: Correlation of command and score.
        early: Whether the score rises more in the first half than in the second.
    """

    full: float
    straight: float
    early: bool

    def merit(self, straight: float = STRAIGHT) -> float:
        """Returns 1 where it reads as it should, and as straight, less else."""
        return min(1.0, self.full / ENOUGH_READ) * min(1.0, self.straight / straight)


def calibrate(bundle: AvatarBundle) -> AvatarBundle:
    """Returns the bundle with shapes scaled to this face (about a second of one core)."""
    puppet = Puppet(bundle, SIZE, SIZE)
    scale, cover = bundle.mesh.delta_scale.copy(), 1.0
    with FaceFinder() as finder:
        rest = _look(puppet, finder, Motion.of())
        for tuned in TUNED if rest is not None else ():
            found = _find_factors(puppet, tuned, finder, rest or {})
            scale[[ARKIT_SHAPES.index(shape) for shape in tuned.shapes]] *= np.float32(found.shape)
            cover *= found.cover
        alpha = bundle.mesh.corner_alpha * np.float32(cover)
        mesh = replace(bundle.mesh, delta_scale=scale, corner_alpha=alpha)
        return _close_eyes(replace(bundle, mesh=mesh), finder)


def close_lids(mesh: Mesh, closing: LidClosing) -> Mesh:
    """Returns a mesh whose blinks, as `fit` makes them, close differently."""
    deltas, scale = mesh.deltas.copy(), mesh.delta_scale.copy()
    for name, (upper, lower), (crease, _) in zip(
        BLINKS, topology.EYE_RIMS, topology.EYE_CREASES, strict=True
    ):
        shape = ARKIT_SHAPES.index(name)
        moved = deltas[shape].astype(np.float64)
        above, below, fold = (list(ring[1:-1]) for ring in (upper, lower, crease))
        further = (closing.lower - BLINK_LOWER) * (moved[above] - moved[below])
        moved[above] += further
        moved[below] += further
        moved[fold] *= closing.crease / BLINK_CREASE
        step = np.abs(moved).max() / 127
        deltas[shape] = np.rint(moved / step)
        scale[shape] *= np.float32(step)
    return replace(mesh, deltas=deltas, delta_scale=scale)


def _close_eyes(bundle: AvatarBundle, finder: FaceFinder) -> AvatarBundle:
    """Returns the bundle with the first of `CLOSINGS` that reads as closed, or the best."""
    best, closed = 0.0, bundle
    for closing in CLOSINGS:
        tried = replace(bundle, mesh=close_lids(bundle.mesh, closing))
        motion = Motion.of(**dict.fromkeys(BLINKS, 1.0))
        found = _look(Puppet(tried, SIZE, SIZE), finder, motion)
        read = min(found[name] for name in BLINKS) if found else 0.0
        if read > best:
            best, closed = read, tried
        if read >= BLINK_READ:
            break
    return closed


def read_sweep(scores: NDArray[np.float64]) -> Reading:
    """Judges the scores read at `LEVELS`."""
    middle = len(scores) // 2
    varies = float(np.std(scores)) > 1e-4
    return Reading(
        full=float(scores[-1]),
        straight=float(np.corrcoef(LEVELS, scores)[0, 1]) if varies else 0.0,
        early=bool(scores[middle] - scores[0] > scores[-1] - scores[middle]),
    )


def _find_factors(
    puppet: Puppet, tuned: Tuned, finder: FaceFinder, rest: dict[str, float]
) -> Factors:
    """Tries factors, each further in the direction the last reading asks for."""
    factors, best = Factors(), (0.0, Factors())
    for _ in range(TRIES):
        reading = _sweep(puppet, tuned.shapes, finder, rest)
        if reading is None or reading.full < BLIND:
            break
        merit = reading.merit(tuned.straight)
        best = max(best, (merit, factors))
        following = factors.after(reading, tuned)
        if merit >= 1 or following == factors:
            break
        puppet.stretch(tuned.shapes, following.shape / factors.shape)
        puppet.thin_cover(following.cover / factors.cover)
        factors = following
    return best[1]


def _sweep(
    puppet: Puppet, shapes: Sequence[str], finder: FaceFinder, rest: dict[str, float]
) -> Reading | None:
    """Reads a shape at all levels, or returns None where the face is lost."""
    readings = [rest]
    for level in LEVELS[1:]:
        found = _look(puppet, finder, Motion.of(**dict.fromkeys(shapes, level)))
        if found is None:
            return None
        readings.append(found)
    return read_sweep(np.array([np.mean([one[shape] for shape in shapes]) for one in readings]))


def _look(puppet: Puppet, finder: FaceFinder, motion: Motion) -> dict[str, float] | None:
    """Returns the scores of the drawn face, or None where none is found."""
    faces = finder.find_faces(np.ascontiguousarray(puppet.draw(motion)[..., :3]))
    return faces[0].scores if faces else None
