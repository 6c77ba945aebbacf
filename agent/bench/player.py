"""`visavis bench player`: does the browser draw what the CPU renderer draws?

The same bundle and the same motions go to both; the pictures are compared, pose by pose.
"""

import base64
import gzip
import io
import re
from itertools import product
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray
from PIL import Image
from playwright.async_api import Page, Route

from agent.bench.lab.chromium import chromium
from agent.settings import REPOSITORY, Settings
from render.cloning.gallery import DEFAULT_PEOPLE, default_avatar
from render.face.avatar import AvatarBundle
from render.face.bundle import dump_bundle
from render.motion.emotion import Emotion, expression
from render.puppet.framing import choose_view
from render.puppet.puppet import Puppet
from render.types import Motion

SIZE = 512
ORIGIN = "http://player.test"
WEB = REPOSITORY / "web"
MIN_PSNR = 35.0
MAX_CODE_BYTES = 60_000
COST_FRAMES = 50
GL_FLAGS = ("--use-angle=swiftshader", "--enable-unsafe-swiftshader", "--ignore-gpu-blocklist")
MOUTHS: dict[str, dict[str, float]] = {
    "rest": {},
    "aa": {"jawOpen": 0.6, "mouthLowerDownLeft": 0.2, "mouthLowerDownRight": 0.2},
    "ee": {"jawOpen": 0.15, "mouthStretchLeft": 0.5, "mouthStretchRight": 0.5},
    "oo": {"jawOpen": 0.2, "mouthPucker": 0.7, "round": 0.6},
    "ff": {"jawOpen": 0.1, "tuck": 1.0},
    "mm": {"jawOpen": 0.1, "seal": 1.0},
    "ll": {"jawOpen": 0.3, "tongueUp": 0.8},
    "smile": {"mouthSmileLeft": 0.8, "mouthSmileRight": 0.8, "jawOpen": 0.1},
}
LOOKS: dict[str, dict[str, float]] = {
    "front": {},
    "left": {"yaw": 12.0, "gazeX": -0.4},
    "right": {"yaw": -12.0, "pitch": 4.0},
    "tilted": {"roll": 8.0, "pitch": -6.0, "shiftX": 0.03, "breath": 1.0},
    "aside": {"gazeX": 0.7, "gazeY": 0.4},
    "blinking": {"eyeBlinkLeft": 1.0, "eyeBlinkRight": 0.5, "gazeY": -0.6},
}
_DRAW = "(values) => { painter.draw(Float32Array.from(values)); return canvas.toDataURL(); }"
_SETUP = """async (size) => {
  const { readBundle } = await import("/player/bundle.js");
  const { Painter } = await import("/player/painter.js");
  const file = new Uint8Array(await (await fetch("/person.avatar")).arrayBuffer());
  globalThis.canvas = document.createElement("canvas");
  canvas.width = canvas.height = size;
  const gl = canvas.getContext("webgl2", { antialias: true, preserveDrawingBuffer: true });
  globalThis.gl = gl;
  globalThis.painter = await Painter.create(gl, await readBundle(file));
}"""
_COST = """(frames) => {
  const values = new Float32Array(65);
  const begin = performance.now();
  let moving = 0;
  for (let frame = 0; frame < frames; frame += 1) {
    values[24] = 0.4 * Math.abs(Math.sin(frame / 3));
    values[56] = 5 * Math.sin(frame / 9);
    const start = performance.now();
    painter.draw(values);
    moving += performance.now() - start;
  }
  gl.readPixels(0, 0, 1, 1, gl.RGBA, gl.UNSIGNED_BYTE, new Uint8Array(4));
  return { script: moving / frames, all: (performance.now() - begin) / frames };
}"""


async def run(settings: Settings) -> dict[str, Any]:
    """Compares the default people in 60 poses and more; returns the README's object."""
    package = settings.face.people_package
    folder = settings.server.data_dir / "avatars"
    poses, avatars, cost = all_poses(), [], {"script": 0.0, "all": 0.0}
    async with chromium(arguments=GL_FLAGS) as browser:
        for name in DEFAULT_PEOPLE:
            bundle = default_avatar(name, folder, package)
            page = await browser.new_page()
            foreign = await open_player(page, dump_bundle(bundle))
            found = await compare(page, bundle, poses)
            cost = await page.evaluate(_COST, COST_FRAMES)
            avatars.append(
                {"name": name, **_report(found), "bundle_bytes": len(dump_bundle(bundle))}
            )
            avatars[-1]["foreign_requests"] = len(foreign)
            await page.close()
    return {
        "size": SIZE,
        "poses": len(poses),
        "avatars": avatars,
        "misses": [a["name"] for a in avatars if a["face_psnr_db"]["min"] < MIN_PSNR],
        "code_bytes_gzipped": code_bytes(),
        "script_ms_per_frame": round(cost["script"], 2),
        "software_gl_ms_per_frame": round(cost["all"], 2),
    }


def all_poses() -> dict[str, Motion]:
    """Returns every mouth under every look, and every emotion, by name."""
    poses = {
        f"{mouth} {look}": Motion.of(**{**MOUTHS[mouth], **LOOKS[look]})
        for mouth, look in product(MOUTHS, LOOKS)
    }
    for emotion in Emotion:
        for strength in (0.5, 1.0):
            poses[f"{emotion} {strength}"] = Motion(
                expression(emotion, strength).astype(np.float32)
            )
    return poses


def code_bytes() -> int:
    """Returns the gzipped bytes of everything the player imports, each module by itself."""
    seen: set[Path] = set()
    waiting = [WEB / "player" / "player.js"]
    while waiting:
        module = waiting.pop().resolve()
        if module not in seen:
            seen.add(module)
            found = re.findall(
                r'^(?:import|\} from|.*?from) "(\./[^"]+)"', module.read_text(), re.M
            )
            waiting += [module.parent / name for name in found]
    return sum(len(gzip.compress(module.read_bytes())) for module in seen)


def psnr_db(a: NDArray[np.uint8], b: NDArray[np.uint8]) -> float:
    """Returns the peak signal-to-noise ratio of two pictures."""
    error = float(np.mean((a.astype(np.float32) - b.astype(np.float32)) ** 2))
    return float(10 * np.log10(255**2 / max(error, 1e-9)))


async def open_player(page: Page, avatar: bytes) -> list[str]:
    """Opens a page whose requests are answered from the working tree, with a painter of `avatar`.

    Returns:
        Addresses the page asked for elsewhere, in vain; grows as it does.
    """
    foreign: list[str] = []

    async def answer(route: Route) -> None:
        url = route.request.url
        path = url.removeprefix(ORIGIN).split("?")[0]
        if not url.startswith(ORIGIN):
            foreign.append(url)
            await route.abort()
        elif path == "/person.avatar":
            await route.fulfill(body=avatar, content_type="application/octet-stream")
        elif path.startswith("/player/"):
            await route.fulfill(path=WEB / path.lstrip("/"), content_type="text/javascript")
        else:
            await route.fulfill(body="<!doctype html><title>player</title>")

    await page.route("**/*", answer)
    await page.goto(ORIGIN + "/")
    await page.evaluate(_SETUP, SIZE)
    return foreign


async def compare(page: Page, bundle: AvatarBundle, poses: dict[str, Motion]) -> dict[str, float]:
    """Returns the PSNR in the face of the page's picture of each pose, in dB."""
    puppet = Puppet(bundle, SIZE, SIZE)
    left, top, right, bottom = _face_box(bundle)
    found = {}
    for name, motion in poses.items():
        own = puppet.draw(motion)[top:bottom, left:right, :3]
        url = await page.evaluate(_DRAW, motion.values.tolist())
        picture = Image.open(io.BytesIO(base64.b64decode(url.split(",")[1]))).convert("RGB")
        found[name] = psnr_db(own, np.asarray(picture)[top:bottom, left:right])
    return found


def _report(found: dict[str, float]) -> dict[str, Any]:
    figures = list(found.values())
    return {
        "face_psnr_db": {
            "min": round(min(figures), 1),
            "p50": round(float(np.median(figures)), 1),
            "worst": min(found, key=lambda name: found[name]),
        },
        "per_pose": {name: round(value, 1) for name, value in found.items()},
    }


def _face_box(bundle: AvatarBundle) -> tuple[int, int, int, int]:
    """Returns the pixels around the face at rest: left, top, right, bottom."""
    view = choose_view(bundle, SIZE, SIZE)
    points = bundle.mesh.uv[:468] * view.scale + [view.left, view.top]
    low, high = np.clip(np.floor(points.min(0)), 0, SIZE), np.clip(np.ceil(points.max(0)), 0, SIZE)
    return int(low[0]), int(low[1]), int(high[0]), int(high[1])
