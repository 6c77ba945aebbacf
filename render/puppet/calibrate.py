"""Scales one person's shapes so that commands read on the face as far as they are meant.

Brows lie low on some faces and lips are thick on others: the same movement says more or less.
The face is drawn, a landmarker reads it, and a shape that reads too little, too late or too early
is scaled within bounds. Imports puppet, the bundle parts and the landmarker.
"""

from collections.abc import Sequence
from dataclasses import dataclass, replace

import numpy as np
from numpy.typing import NDArray

from render.face.avatar import AvatarBundle
from render.face.landmarks import FaceFinder
from render.puppet.puppet import Puppet
from render.types import ARKIT_SHAPES, Motion

SIZE = 448
LEVELS = (0.0, 0.2, 0.4, 0.6, 0.8, 1.0)
STEP_UP, STEP_DOWN = 1.15, 0.8
TRIES = 5
ENOUGH_READ, STRAIGHT = 0.56, 0.957
"""What a full command should read, and how straight the readings should rise."""
BLIND = 0.05
"""A shape that reads less than this at full is not seen: a beard hides it."""


@dataclass(frozen=True, slots=True)
class Tuned:
    """A shape whose scale is found by looking.

    Attributes:
        shapes: Commanded and read together.
        least, most: Bounds on its factor.
    """

    shapes: tuple[str, ...]
    least: float
    most: float


TUNED = (
    Tuned(("browInnerUp",), 0.8, 1.45),
    Tuned(("browOuterUpLeft", "browOuterUpRight"), 0.8, 1.45),
    Tuned(("mouthPucker",), 0.5, 1.25),
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

    @property
    def merit(self) -> float:
        """1 where it reads as it should, less else."""
        return min(1.0, self.full / ENOUGH_READ) * min(1.0, self.straight / STRAIGHT)


def calibrate(bundle: AvatarBundle) -> AvatarBundle:
    """Returns the bundle with shapes scaled to this face (about a second of one core)."""
    puppet = Puppet(bundle, SIZE, SIZE)
    scale = bundle.mesh.delta_scale.copy()
    with FaceFinder() as finder:
        rest = _look(puppet, finder, Motion.of())
        for tuned in TUNED if rest is not None else ():
            at = [ARKIT_SHAPES.index(shape) for shape in tuned.shapes]
            scale[at] *= np.float32(_find_factor(puppet, tuned, finder, rest or {}))
    return replace(bundle, mesh=replace(bundle.mesh, delta_scale=scale))


def read_sweep(scores: NDArray[np.float64]) -> Reading:
    """Judges the scores read at `LEVELS`."""
    middle = len(scores) // 2
    varies = float(np.std(scores)) > 1e-4
    return Reading(
        full=float(scores[-1]),
        straight=float(np.corrcoef(LEVELS, scores)[0, 1]) if varies else 0.0,
        early=bool(scores[middle] - scores[0] > scores[-1] - scores[middle]),
    )


def _find_factor(puppet: Puppet, tuned: Tuned, finder: FaceFinder, rest: dict[str, float]) -> float:
    """Tries factors, each further in the direction the last reading asks for."""
    factor, best = 1.0, (0.0, 1.0)
    for _ in range(TRIES):
        reading = _sweep(puppet, tuned.shapes, finder, rest)
        if reading is None or reading.full < BLIND:
            break
        best = max(best, (reading.merit, factor))
        if reading.merit >= 1:
            break
        weaker = reading.early and reading.full > ENOUGH_READ
        wanted = factor * (STEP_DOWN if weaker else STEP_UP)
        following = float(np.clip(wanted, tuned.least, tuned.most))
        if following == factor:
            break
        puppet.stretch(tuned.shapes, following / factor)
        factor = following
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
    faces = finder.find(np.ascontiguousarray(puppet.draw(motion)[..., :3]))
    return faces[0].scores if faces else None
