"""`visavis bench face`: does a commanded face look like what was commanded?

A landmarker reads the drawn faces back: how straight and how far each shape moves, whether lids
close and the head turns as told. What the landmarker cannot see is measured on the picture itself:
the gap of sealed lips, still background, likeness to the photo.
"""

from collections.abc import Sequence
from typing import Any

import cv2
import numpy as np
from numpy.typing import NDArray

from agent.bench.lab.subjects import Subject, subjects
from agent.settings import Settings
from render.cloning.fit import undo_weight
from render.face import topology
from render.face.landmarks import DetectedFace, FaceFinder, head_angles
from render.motion.emotion import Emotion, expression, join
from render.motion.mouth import MOUTH_INDEX, MOUTH_SIZE
from render.puppet.framing import choose_view
from render.puppet.puppet import Puppet
from render.types import ARKIT_SHAPES, Motion

SIZE = 512
SWEPT = (
    "jawOpen", "mouthSmile", "mouthPucker", "browInnerUp", "browOuterUp", "eyeBlink",
    "mouthFunnel", "mouthStretch", "mouthUpperUp", "browDown",
)  # fmt: skip
"""Shapes the landmarker can read back. It is blind to frowns, puffed cheeks and dimples."""
LEVELS = (0.0, 0.2, 0.4, 0.6, 0.8, 1.0)
MIN_R, MIN_GAIN, MIN_BLINK = 0.95, 0.5, 0.45
REQUIRED = ("jawOpen", "mouthSmile", "mouthPucker", "browInnerUp", "browOuterUp")
MAX_LIP_GAP, MAX_APERTURE, MIN_PSNR = 1.0, 0.10, 30.0
TURN, YAW_READ = 12.0, (9.0, 15.0)
SEALED_JAWS = (0.0, 0.04, 0.2, 0.4)
"""Openings of the jaw under which lips must seal: between open vowels it does not close."""


def run(settings: Settings) -> dict[str, Any]:
    """Measures all subjects; returns the README's object, with what misses its aim."""
    with FaceFinder() as finder:
        avatars = [measure(subject, finder) for subject in subjects(settings)]
    return {"avatars": avatars, "misses": [miss for one in avatars for miss in misses(one)]}


def measure(subject: Subject, finder: FaceFinder) -> dict[str, Any]:
    """Measures one avatar.

    Returns:
        `held_out` (whether nothing was tuned on the photo), `shapes` (of each of `SWEPT` what
        `sweep` returns, and of mouthPucker `mesh_gain`, what `narrowing` does), `lip_gap_px` at
        512 x 512 (widest under any emotion and jaw), `blink_aperture` (share of the resting one),
        `background_motion` (largest change of a pixel's value), `yaw_read_deg` (for 12
        commanded), `identity_psnr_db`.
    """
    puppet = Puppet(subject.bundle, SIZE, SIZE)
    shapes = {shape: sweep(puppet, finder, shape) for shape in SWEPT}
    shapes["mouthPucker"]["mesh_gain"] = round(narrowing(puppet), 3)
    return {
        "name": subject.name,
        "held_out": subject.held_out,
        "shapes": shapes,
        "lip_gap_px": round(sealed_gap(puppet), 3),
        "blink_aperture": round(blink_aperture(puppet), 3),
        "background_motion": background_motion(subject),
        "yaw_read_deg": round(yaw_read(puppet, finder), 1),
        "identity_psnr_db": round(identity_psnr(subject), 2),
    }


def misses(avatar: dict[str, Any]) -> list[str]:
    """Returns what of an avatar's measures does not reach its aim, in words."""
    found = []
    for shape in REQUIRED:
        read = avatar["shapes"][shape]
        if read["r"] < MIN_R or read["gain"] < MIN_GAIN:
            drawn = f" (drawn {read['mesh_gain']:.0%} narrower)" if "mesh_gain" in read else ""
            found.append(f"{shape} r {read['r']} gain {read['gain']}{drawn}")
    checks = (
        ("eyeBlink gain", avatar["shapes"]["eyeBlink"]["gain"], MIN_BLINK, np.inf),
        ("lip_gap_px", avatar["lip_gap_px"], 0.0, np.nextafter(MAX_LIP_GAP, 0)),
        ("blink_aperture", avatar["blink_aperture"], 0.0, np.nextafter(MAX_APERTURE, 0)),
        ("background_motion", avatar["background_motion"], 0, 0),
        ("yaw_read_deg", avatar["yaw_read_deg"], *YAW_READ),
        ("identity_psnr_db", avatar["identity_psnr_db"], MIN_PSNR, np.inf),
    )
    found += [f"{name} {value}" for name, value, low, high in checks if not low <= value <= high]
    return [f"{avatar['name']}: {miss}" for miss in found]


def sides(shape: str) -> tuple[str, ...]:
    """Returns the channels of a shape named without its side."""
    return (shape,) if shape in ARKIT_SHAPES else (f"{shape}Left", f"{shape}Right")


def sweep(puppet: Puppet, finder: FaceFinder, shape: str) -> dict[str, float]:
    """Commands a shape from 0 to 1 and reads it back.

    Returns:
        `r`, the correlation of command and reading; `gain`, the reading at the full command (a
        real face's is at most about 1, but .52 for closed eyes); `rest`, the reading at rest;
        `landmarks_r`, the correlation of command and movement of the landmarks, which the
        landmarker's thresholds do not bend. All 0 where the face is lost.
    """
    names = sides(shape)
    faces = [look(puppet, finder, Motion.of(**dict.fromkeys(names, level))) for level in LEVELS]
    found = [face for face in faces if face is not None]
    if len(found) < len(LEVELS):
        return dict.fromkeys(("r", "gain", "rest", "landmarks_r"), 0.0)
    read = [float(np.mean([face.scores[name] for name in names])) for face in found]
    points = np.array([face.points[: topology.LANDMARKS, :2] for face in found])
    way = points - points[0]
    moved = (way * way[-1]).sum((1, 2))
    values = {
        "r": correlation(LEVELS, read),
        "gain": read[-1],
        "rest": read[0],
        "landmarks_r": correlation(LEVELS, moved),
    }
    return {name: round(value, 3) for name, value in values.items()}


def narrowing(puppet: Puppet) -> float:
    """Returns the part of its width that a fully pursed mouth loses as drawn.

    A landmarker does not see lips purse under a full beard; this tells that they do, no more, so
    it stands beside the reading and in no place of it.
    """
    widths = []
    for level in (0.0, 1.0):
        puppet.draw(Motion.of(mouthPucker=level))
        widths.append(puppet.mouth_width)
    return 1 - widths[1] / widths[0]


def correlation(one: Sequence[float], other: Sequence[float] | NDArray[np.float64]) -> float:
    """Returns Pearson's r, 0 where one hardly varies."""
    return float(np.corrcoef(one, other)[0, 1]) if np.std(other) > 1e-4 else 0.0


def look(puppet: Puppet, finder: FaceFinder, motion: Motion) -> DetectedFace | None:
    """Draws a motion and returns the face a landmarker finds."""
    faces = finder.find_faces(np.ascontiguousarray(puppet.draw(motion)[..., :3]))
    return faces[0] if faces else None


def sealed_gap(puppet: Puppet) -> float:
    """Returns the widest gap of lips that are told to close, pixels."""
    widest = 0.0
    for emotion in Emotion:
        for jaw in SEALED_JAWS:
            mouth = np.zeros(MOUTH_SIZE, np.float32)
            mouth[MOUTH_INDEX["seal"]], mouth[MOUTH_INDEX["jawOpen"]] = 1.0, jaw
            puppet.draw(Motion(join(expression(emotion), mouth).astype(np.float32)))
            widest = max(widest, puppet.lip_gap)
    return widest


def blink_aperture(puppet: Puppet) -> float:
    """Returns how much of the resting opening a full blink leaves, the worse eye's."""
    puppet.draw(Motion.of())
    rest = np.array(puppet.eye_gap)
    puppet.draw(Motion.of(eyeBlinkLeft=1.0, eyeBlinkRight=1.0))
    return float((np.array(puppet.eye_gap) / rest).max())


def yaw_read(puppet: Puppet, finder: FaceFinder) -> float:
    """Returns the degrees read for `TURN` commanded, the mean of both sides; 0 if one is lost."""
    faces = [look(puppet, finder, Motion.of(yaw=yaw)) for yaw in (-TURN, TURN)]
    right, left = (head_angles(face.pose)[0] if face else 0.0 for face in faces)
    return abs(left - right) / 2


def lively_motions() -> Sequence[Motion]:
    """Motions that move all that can move."""
    turns = [
        Motion.of(yaw=y, pitch=p, roll=r) for y, p, r in ((-12, 5, 4), (12, -5, -4), (0, 0, 0))
    ]
    shifts = [Motion.of(shiftX=x, shiftY=x / 2, breath=1.0) for x in (-0.06, 0.06)]
    faces = [Motion(expression(emotion).astype(np.float32)) for emotion in Emotion]
    return [*turns, *shifts, *faces, Motion.of(jawOpen=0.8, eyeBlinkLeft=1.0, eyeBlinkRight=1.0)]


def background_motion(subject: Subject) -> int:
    """Returns the largest change of a pixel on which nothing of the person is ever drawn."""
    own = Puppet(subject.bundle, SIZE, SIZE)
    cut_out = Puppet(subject.bundle, SIZE, SIZE, "transparent")
    motions = lively_motions()
    free = np.all([cut_out.draw(motion)[..., 3] == 0 for motion in motions], axis=0)
    pictures = np.array([own.draw(motion)[free] for motion in motions], np.int16)
    return int(np.ptp(pictures, axis=0).max(initial=0))


def identity_psnr(subject: Subject) -> float:
    """Returns the likeness in the face when the photo's own expression is commanded, dB."""
    view = choose_view(subject.bundle, SIZE, SIZE)
    drawn = Puppet(subject.bundle, SIZE, SIZE).draw(Motion.of(**own_expression(subject.face)))
    points = subject.face.points[: topology.LANDMARKS, :2]
    canvas = subject.bundle.mesh.uv[: topology.LANDMARKS]
    scale = float((canvas.std(0) / points.std(0)).mean()) * view.scale
    on_screen = canvas * view.scale + np.array([view.left, view.top], np.float32)
    shift = (on_screen - points * scale).mean(0)
    matrix = np.array([[scale, 0, shift[0]], [0, scale, shift[1]]])
    matrix[:, 2] += 0.5 * scale - 0.5
    blurred = cv2.GaussianBlur(subject.rgb, (0, 0), 0.4 / scale) if scale < 1 else subject.rgb
    photo = cv2.warpAffine(blurred, matrix, (SIZE, SIZE), flags=cv2.INTER_CUBIC)
    inside = np.zeros((SIZE, SIZE), np.uint8)
    cv2.fillConvexPoly(inside, np.round(on_screen[list(topology.OVAL)]).astype(np.int32), 1)
    return psnr(drawn[..., :3], np.asarray(photo, np.uint8), inside > 0)


def own_expression(face: DetectedFace) -> dict[str, float]:
    """Returns the shapes that were taken out of a photo to make it neutral."""
    weights = {name: undo_weight(name, face.scores.get(name, 0.0)) for name in ARKIT_SHAPES}
    return {name: weight for name, weight in weights.items() if weight}


def psnr(one: NDArray[np.uint8], other: NDArray[np.uint8], inside: NDArray[np.bool_]) -> float:
    """Returns the peak signal to noise ratio of two pictures within a mask, dB."""
    error = one[inside].astype(np.float64) - other[inside]
    return float(10 * np.log10(255**2 / max(float(np.mean(error**2)), 1e-9)))
