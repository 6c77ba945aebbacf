"""Turns a sound file into motion and a video: `render` alone, with no server and no conversation.

python examples/render_alone.py speech.wav talk.mp4
"""

import sys
from pathlib import Path

from render.batch import Take, film_pipeline
from render.cloning.gallery import default_avatar
from render.motion.recording import Recording
from render.publish.mp4 import Mp4Writer
from render.puppet.puppet import Puppet
from render.types import AudioChunk, Motion

SIZE = 512


def render(sound: Path, video: Path, avatars: Path = Path("var/avatars")) -> list[Motion]:
    """Writes the video and returns the motion of each of its frames, 25 a second."""
    puppet = Puppet(default_avatar("vera", avatars), SIZE, SIZE)
    speech = (AudioChunk(samples) for samples in Recording(sound).pieces())
    with Mp4Writer(video, SIZE, SIZE) as film:
        return [unit.motion for unit in film_pipeline(puppet, film).stream_items(Take(), speech)]


if __name__ == "__main__":
    motions = render(Path(sys.argv[1]), Path(sys.argv[2]))
    print(f"{len(motions)} frames; widest jaw {max(motion['jawOpen'] for motion in motions):.2f}")
