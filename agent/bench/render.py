"""`visavis bench render`: how fast a speaking face is drawn, and a photo becomes one.

What is drawn is a real performance: a voice speaks, head, brows, lids and gaze live, emotions and
gestures come and go.
"""

import re
import time
from itertools import islice
from typing import Any

import numpy as np

from agent.bench.lab.subjects import photograph
from agent.errors import BadRequest
from agent.films.shot import parse_size
from agent.mind.persona.persona import load_persona
from agent.settings import Settings
from agent.speech.engines import SpeechEngines
from agent.speech.voices.base import Voice
from render.clock import FRAME_RATE
from render.cloning.build import build_avatar
from render.cloning.gallery import default_avatar
from render.cloning.photo.portrait import take_portrait
from render.face.avatar import Provenance
from render.face.bundle import dump_bundle
from render.motion.emotion import Emotion
from render.motion.gesture import GESTURES
from render.motion.performer import Performer
from render.puppet.puppet import Puppet
from render.types import Motion, SegmentEnd

PERSONA = "vera"
TEXT = (
    "Good morning, and welcome to the exhibition. Five of these pictures were bought by the museum "
    "before anybody had heard of the painter. Would you believe that? Nobody knows why. "
)
"""Said again until there is enough."""
CLONED = "P006"
WARM_UP = 10
CLONES = 3


async def run(settings: Settings, size: str = "1280x720", seconds: float = 10.0) -> dict[str, Any]:
    """Draws `seconds` of a talk on one thread; returns the README's object.

    Raises:
        BadRequest: An impossible size, or less than a second.
    """
    width, height = parse_size(size)
    if seconds < 1:
        raise BadRequest("Draw a second at least.")
    who = load_persona(settings.mind.prompts_dir, PERSONA)
    engines = SpeechEngines((who.voice,), listening=False)
    await engines.start()
    try:
        motions = await performance(engines.voice(who.voice), round(seconds * FRAME_RATE))
    finally:
        await engines.aclose()
    bundle = default_avatar(
        who.avatar, settings.server.data_dir / "avatars", settings.face.people_package
    )
    return {
        **draw_all(Puppet(bundle, width, height), motions),
        "size": size,
        "seconds": seconds,
        "clone_seconds": round(clone_seconds(settings.face.people_package), 2),
        "avatar": who.avatar,
    }


async def performance(voice: Voice, frames: int) -> list[Motion]:
    """Returns the motion of so many frames of speech, with a new emotion every second."""
    performer = Performer()
    while performer.buffered_seconds < frames / FRAME_RATE:
        for piece in re.findall(r"[^.?!]+[.?!]", TEXT):
            async for chunk in voice.speak(piece):
                performer.push_speech(chunk)
            performer.push_speech(SegmentEnd())
    emotions, gestures = tuple(Emotion), tuple(GESTURES.values())
    motions = []
    for frame in range(frames):
        if frame % FRAME_RATE == 0:
            second = frame // FRAME_RATE
            performer.set_emotion(emotions[second % len(emotions)], 0.8)
            performer.gesture(gestures[second % len(gestures)])
        motions.append(performer.advance().motion)
    return motions


def draw_all(puppet: Puppet, motions: list[Motion]) -> dict[str, Any]:
    """Draws every frame, as fast as it goes.

    Returns:
        `fps`, `ms_p50` and `ms_p95` a frame, `frames`, and `threads`: the processor time spent
        over the time it took, rounded up.
    """
    for motion in islice(motions, WARM_UP):
        puppet.draw(motion)
    took = []
    wall, work = time.perf_counter(), time.process_time()
    for motion in motions:
        start = time.perf_counter()
        puppet.draw(motion)
        took.append(time.perf_counter() - start)
    wall, work = time.perf_counter() - wall, time.process_time() - work
    p50, p95 = np.percentile(took, [50, 95]) * 1000
    return {
        "fps": round(len(motions) / wall, 1),
        "ms_p50": round(float(p50), 2),
        "ms_p95": round(float(p95), 2),
        "frames": len(motions),
        "threads": max(1, int(np.ceil(work / wall - 0.1))),
    }


def clone_seconds(package: str) -> float:
    """Returns how long a selfie takes from pixels to a finished file, the median of a few."""
    photo = photograph(CLONED, "amateur_selfie", package)
    took = []
    for _ in range(CLONES):
        start = time.perf_counter()
        portrait = take_portrait(photo)
        provenance = Provenance("test photo", ai_generated=True)
        dump_bundle(
            build_avatar(portrait.rgb, name="test", provenance=provenance, face=portrait.face)
        )
        took.append(time.perf_counter() - start)
    return float(np.median(took))
