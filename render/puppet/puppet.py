"""Draws a person in motion."""

from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray

from render.face import topology
from render.face.avatar import AvatarBundle
from render.puppet.brows import brow_weights, shade_brows
from render.puppet.correctives import smoothstep
from render.puppet.deform import deform
from render.puppet.edges import soften_outline
from render.puppet.eyes import EyeLook, draw_eye
from render.puppet.framing import Background, choose_view, paint_background
from render.puppet.mouth import MouthLook, draw_mouth
from render.puppet.order import depth_order, mark_away
from render.puppet.own import OwnWeights, own_weights
from render.puppet.pose import Pose, make_pose, project, turn
from render.puppet.raster import CULL_BACK, CULL_NONE, blend_triangles, fill_triangles
from render.puppet.scene import TriangleList, build_scene
from render.puppet.shade import move_lip_texture, relight, shade_skin
from render.types import ARKIT_SHAPES, CHANNEL_INDEX, CORRECTIVES, Motion

MIN_SIZE, MAX_SIZE = 64, 4096
FACE_BREATH = 0.35
"""How much of the shoulders' rise the head takes part in."""
SHAPES = len(ARKIT_SHAPES)
SHAPES_END = SHAPES + len(CORRECTIVES)
MOST = 1.2
"""Largest weight of a shape; a little more than full still looks like a face."""
SORT_DEGREES = 2.0
"""Turn from which triangles are sorted by depth."""
LID_COVER = 0.75
"""How much of a closing lid the smooth texture covers."""
SNEER_FOLD = 0.5
"""How much of a smile's folds a sneer brings."""
CORNER_COVER = 1.6
"""How soon the smooth texture covers the corners of pursing lips."""


class Puppet:
    """One person at one picture size. Not for use by two threads at once.

    Attributes:
        width, height: Of the picture, pixels.
        lip_gap: Widest gap between the lips in the last frame, pixels.
        mouth_width: Distance of the mouth's corners in the last frame, pixels.
        eye_gap: Widest gap between the lids of the right and left eye in the last frame, pixels.
    """

    def __init__(
        self, bundle: AvatarBundle, width: int, height: int, background: Background = None
    ) -> None:
        """Prepares the drawing (some tens of milliseconds).

        Args:
            bundle: The person.
            width: Of the picture, 64 to 4096 pixels.
            height: Likewise.
            background: None for the photo's own, "transparent", an RGB colour or a picture.
        """
        if not (MIN_SIZE <= width <= MAX_SIZE and MIN_SIZE <= height <= MAX_SIZE):
            raise ValueError(f"a picture measures {MIN_SIZE} to {MAX_SIZE} pixels each way")
        self.width, self.height = width, height
        self.lip_gap, self.mouth_width, self.eye_gap = 0.0, 0.0, (0.0, 0.0)
        self._bundle = bundle
        self._view = choose_view(bundle, width, height)
        self._scene = build_scene(bundle, self._view)
        self._plate = paint_background(bundle, self._view, width, height, background)
        self._picture = self._plate.copy()
        self._dirty = (0, 0, width, height)
        self._transparent = isinstance(background, str)
        self._skin = self._scene.skin.pixels.copy()
        self._shaded = (0, 0)
        self._wrinkled: tuple[int, ...] = (0,) * 6
        self._own = OwnWeights(0.0, 0.0)
        count = len(self._scene.uv)
        self._vertices = np.zeros((count, 3), np.float32)
        self._turned = np.zeros((count, 3), np.float32)
        self._screen = np.zeros((count, 2), np.float32)
        self._uv = np.zeros((count, 2), np.float32)
        self._shade = np.ones(count, np.float32)
        self._order = np.zeros(len(self._scene.face.triangles), np.int32)
        self._away = np.zeros(len(self._scene.surface), np.uint8)

    def draw(self, motion: Motion) -> NDArray[np.uint8]:
        """Draws one frame.

        Args:
            motion: The face; the same motion always gives the same picture.

        Returns:
            (height, width, 4) uint8 RGBA. The array is reused: it holds until the next call.
        """
        values = follow_gaze(motion.values)
        head = self._bundle.head
        pose = make_pose(values, head.pivot, head.eye_depth, head.width)
        self._own = own_weights(values, self._scene.own.weights)
        self._move(values, pose)
        self._shade_skin(values)
        self._shade_brows(values)
        self._clear()
        pixels = self._picture.view(np.uint32)[..., 0]
        self._draw_surface(pixels, values)
        places = self._place_anchors(values, pose)
        self._draw_eyes(pixels, values, places)
        self._draw_mouth(pixels, values, places)
        return self._straight() if self._transparent else self._picture

    def stretch(self, shapes: Sequence[str], factor: float) -> None:
        """Lets ARKit shapes move `factor` times as far as they did so far."""
        self._scene.shape.deltas[[CHANNEL_INDEX[shape] for shape in shapes]] *= factor

    def thin_cover(self, factor: float) -> None:
        """Lets the smooth texture cover the corners of pursing lips `factor` times as much."""
        self._scene.corner_alpha[:] *= np.float32(factor)

    def _move(self, values: NDArray[np.float32], pose: Pose) -> None:
        """Deforms, turns and projects the mesh, relights it and moves lip texture."""
        scene = self._scene
        seal, tuck, rounded = (float(_at(values, name)) for name in ("seal", "tuck", "round"))
        weights = np.append(values[:SHAPES], np.float32(self._own.part))
        deform(scene.shape, weights, seal, tuck, rounded, self._vertices)
        turn(pose, self._vertices, scene.head_weight, scene.breath_weight, self._turned)
        project(self._view, self._turned, self._screen)
        relight(scene.relief, scene.shape, self._vertices, tuck, self._shade)
        move_lip_texture(scene.shape, self._vertices, scene.uv, purse_of(values), self._uv)
        turned_enough = abs(_at(values, "yaw")) + abs(_at(values, "pitch")) > SORT_DEGREES
        if turned_enough:
            depth_order(self._turned, scene.face.triangles, self._order)
        else:
            self._order[:] = scene.face.order

    def _shade_skin(self, values: NDArray[np.float32]) -> None:
        """Shades the skin's texture with the folds of this expression."""
        weights = round(fold_of(values) * 256), round(min(_at(values, "jawOpen"), 1.0) * 256)
        if weights == self._shaded:
            return
        self._shaded = weights
        left, top, right, bottom = self._scene.ratio_box
        part = np.s_[top:bottom, left:right]
        skin, lit = _bytes(self._scene.skin.pixels)[part], _bytes(self._skin)[part]
        shade_skin(skin, *self._scene.ratios, *weights, lit)

    def _shade_brows(self, values: NDArray[np.float32]) -> None:
        """Shades the forehead with the wrinkles of these brows."""
        brows, weights = self._scene.brows, brow_weights(values)
        if brows is None or weights == self._wrinkled:
            return
        self._wrinkled = weights
        left, top, right, bottom = brows.box
        part = np.s_[top:bottom, left:right]
        skin, lit = _bytes(self._scene.skin.pixels)[part], _bytes(self._skin)[part]
        shade_brows(skin, brows.change, brows.leftness, np.array(weights, np.int32), lit)

    def _clear(self) -> None:
        """Restores the background where the last frame drew and this one will."""
        left, top, right, bottom = self._dirty
        self._picture[top:bottom, left:right] = self._plate[top:bottom, left:right]
        low = np.floor(self._screen.min(0)).astype(int) - 2
        high = np.ceil(self._screen.max(0)).astype(int) + 2
        self._dirty = (
            max(0, int(low[0])),
            max(0, int(low[1])),
            max(0, min(self.width, int(high[0]))),
            max(0, min(self.height, int(high[1]))),
        )

    def _draw_surface(self, pixels: NDArray[np.uint32], values: NDArray[np.float32]) -> None:
        """Draws body, hair and face with their overlays."""
        scene = self._scene
        self._fill(pixels, scene.solid, scene.solid.order, CULL_NONE)
        self._fill(pixels, scene.around, scene.around.order, CULL_NONE)
        self._fill(pixels, scene.seam, scene.seam.order, CULL_NONE)
        mark_away(self._screen, scene.surface, self._away)
        backs = self._order[self._away[self._order] > 0]
        if len(backs):
            self._fill(pixels, scene.face, backs, CULL_NONE)
        self._fill(pixels, scene.face, self._order, CULL_BACK)
        if len(backs):
            soften_outline(pixels, self._screen, scene.surface_edges, self._away)
        purse = purse_of(values)
        if purse > 0.02:
            self._cover(pixels, scene.corner, scene.corner_alpha, min(1.0, CORNER_COVER * purse))
        if self._own.look > 0.0:
            own = scene.own
            blend_triangles(
                pixels, own.lips.pixels, self._screen, own.uv, own.lips.place, own.triangles,
                self._shade, own.alpha, self._own.look,
            )  # fmt: skip
        for triangles, side in zip(scene.lids, ("Right", "Left"), strict=True):
            closing = LID_COVER * smoothstep(0.15, 0.8, _at(values, f"eyeBlink{side}"))
            if closing > 0.02:
                self._cover(pixels, triangles, scene.lid_alpha, closing)

    def _fill(
        self,
        pixels: NDArray[np.uint32],
        listed: TriangleList,
        order: NDArray[np.int32],
        cull: int,
    ) -> None:
        skin = self._scene.skin
        fill_triangles(
            pixels, self._skin, self._screen, self._uv, skin.place, listed.triangles,
            order, listed.soft, self._shade, cull,
        )  # fmt: skip

    def _cover(
        self,
        pixels: NDArray[np.uint32],
        triangles: NDArray[np.int32],
        alpha: NDArray[np.float32],
        strength: float,
    ) -> None:
        smooth = self._scene.smooth
        blend_triangles(
            pixels, smooth.pixels, self._screen, self._uv, smooth.place, triangles,
            self._shade, alpha, strength,
        )  # fmt: skip

    def _place_anchors(self, values: NDArray[np.float32], pose: Pose) -> NDArray[np.float32]:
        """Returns (6, 3, 2) screen corners of tongue, cavity, teeth, own opening and both eyes."""
        mouth = self._bundle.mouth
        shapes, lift = values[:SHAPES], _at(values, "tongueUp")
        points = self._scene.anchors.copy()
        points[:3] += shapes @ mouth.tongue_motion * (1 - 0.75 * lift) * 0.96
        lip = topology.LOWER_LIP
        points[3:6] += self._vertices[lip] - self._scene.shape.rest[lip]
        ones = np.ones(len(points), np.float32)
        turned, screen = np.empty_like(points), np.empty((len(points), 2), np.float32)
        turn(pose, points, ones, ones * np.float32(FACE_BREATH), turned)
        project(self._view, turned, screen)
        return screen.reshape(6, 3, 2)

    def _draw_eyes(
        self, pixels: NDArray[np.uint32], values: NDArray[np.float32], places: NDArray[np.float32]
    ) -> None:
        gaps = []
        for eye, side, corners in zip(self._scene.eyes, ("Right", "Left"), places[4:], strict=True):
            gaze_x, gaze_y = gaze_of(values, side)
            look = EyeLook(gaze_x, gaze_y, eye.width, eye.texels, eye.opening)
            upper, lower = self._screen[eye.upper], self._screen[eye.lower]
            gaps.append(
                draw_eye(
                    pixels, upper, lower, _downward(corners), look,
                    eye.photo, eye.white, eye.iris, corners,
                )
            )  # fmt: skip
        self.eye_gap = (gaps[0], gaps[1])

    def _draw_mouth(
        self, pixels: NDArray[np.uint32], values: NDArray[np.float32], places: NDArray[np.float32]
    ) -> None:
        scene = self._scene
        upper = self._screen[scene.shape.upper[0]]
        lower = self._screen[scene.shape.lower[0]]
        middle, wide = len(upper) // 2, float(np.hypot(*(upper[-1] - upper[0])))
        gap = float(np.hypot(*(upper[middle] - lower[middle])))
        self.mouth_width = wide
        lift = _at(values, "tongueUp")
        look = MouthLook(
            cavity_light=cavity_light(gap, wide),
            tongue_light=self._bundle.mouth.light * (0.42 + 0.34 * lift),
            lift=smoothstep(0.1, 0.6, lift),
            teeth_light=teeth_light(gap, wide),
            own=self._own.look,
        )
        self.lip_gap = draw_mouth(
            pixels, upper, lower, _downward(places[2]), look,
            scene.tongue, scene.cavity, scene.teeth, scene.own.mouth, places[:4],
        )  # fmt: skip

    def _straight(self) -> NDArray[np.uint8]:
        """Returns the picture with colours no longer multiplied by alpha."""
        alpha = self._picture[..., 3:].astype(np.float32)
        colour = self._picture[..., :3] * (255 / np.maximum(alpha, 1))
        straight = np.concatenate([np.clip(np.rint(colour), 0, 255), alpha], 2)
        return straight.astype(np.uint8)


def _bytes(pixels: NDArray[np.uint32]) -> NDArray[np.uint8]:
    """Views (h, w) packed pixels as (h, w, 4) bytes."""
    return pixels.view(np.uint8).reshape(*pixels.shape, 4)


def _at(values: NDArray[np.float32], channel: str) -> float:
    return float(values[CHANNEL_INDEX[channel]])


def cavity_light(gap: float, wide: float) -> float:
    """Returns how bright the cavity is: dim behind narrow openings, full in wide ones."""
    return 0.45 + 0.55 * smoothstep(0.22, 0.42, gap / max(wide, 1e-6))


def teeth_light(gap: float, wide: float) -> float:
    """Returns how bright the upper teeth are: narrow openings let in less light."""
    return 0.9 + 0.1 * smoothstep(0.04, 0.30, gap / max(wide, 1e-6))


def _downward(corners: NDArray[np.float32]) -> NDArray[np.float32]:
    """Returns the unit vector from a sprite's top left to its bottom left."""
    way = corners[2] - corners[0]
    unit: NDArray[np.float32] = way / np.float32(np.hypot(*way))
    return unit


def purse_of(values: NDArray[np.float32]) -> float:
    """Returns how pursed the lips are, in [0, 1]."""
    return min(1.0, _at(values, "mouthPucker") + 0.5 * _at(values, "mouthFunnel"))


def fold_of(values: NDArray[np.float32]) -> float:
    """Returns how deep the folds beside the nose are, in [0, 1]: smiles and sneers fold them."""
    smile = (_at(values, "mouthSmileLeft") + _at(values, "mouthSmileRight")) / 2
    sneer = (_at(values, "noseSneerLeft") + _at(values, "noseSneerRight")) / 2
    return min(smile + SNEER_FOLD * sneer, 1.0)


def gaze_of(values: NDArray[np.float32], side: str) -> tuple[float, float]:
    """Returns one eye's gaze in [-1, 1], to the person's left and up."""
    leftward = ("Out", "In") if side == "Left" else ("In", "Out")
    x = _at(values, f"eyeLook{leftward[0]}{side}") - _at(values, f"eyeLook{leftward[1]}{side}")
    x = float(np.clip(x + _at(values, "gazeX"), -1, 1))
    return x, float(np.clip(_at(values, "gazeY"), -1, 1))


def follow_gaze(values: NDArray[np.float32]) -> NDArray[np.float32]:
    """Returns limited values in which lids and gaze agree.

    A vertical gaze takes the lids along, and looking shapes move the gaze, so that either way of
    saying "look down" gives the same picture. Eyes that blink are no longer wide.
    """
    result = np.nan_to_num(values.astype(np.float32))
    result[:SHAPES] = np.clip(result[:SHAPES], 0, MOST)
    result[SHAPES:SHAPES_END] = np.clip(result[SHAPES:SHAPES_END], 0, 1)
    index = CHANNEL_INDEX
    gaze = result[index["gazeY"]]
    up, down = (
        max(result[index[f"eyeLook{way}Left"]], result[index[f"eyeLook{way}Right"]])
        for way in ("Up", "Down")
    )
    total = float(np.clip(gaze + up - down, -1, 1))
    result[index["gazeY"]] = total
    for side in ("Left", "Right"):
        result[index[f"eyeLookDown{side}"]] = max(-total, 0.0)
        result[index[f"eyeLookUp{side}"]] = max(total, 0.0)
        blink = min(float(result[index[f"eyeBlink{side}"]]), 1.0)
        result[index[f"eyeWide{side}"]] *= 1 - blink
    return result
