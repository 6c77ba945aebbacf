"""Speech for benches: the personas' voices say a few sentences."""

import numpy as np
from numpy.typing import NDArray

from agent.mind.persona.persona import load_persona
from agent.settings import Settings
from agent.speech.engines import SpeechEngines
from render.clock import FRAME_SAMPLES
from render.types import AudioChunk

PERSONAS = ("vera", "museum")
SENTENCES = (
    "Good morning, and welcome to the exhibition.",
    "Five of these pictures were bought by the museum before anybody had heard of the painter.",
    "Would you believe that? Nobody knows why.",
    "Please put both pumpkins by the big blue bath before bedtime.",
    "The early bird may get the worm, but the second mouse gets the cheese.",
)


async def spoken(settings: Settings) -> list[AudioChunk]:
    """Returns every sentence in every voice, with phones."""
    names = [load_persona(settings.mind.prompts_dir, persona).voice for persona in PERSONAS]
    engines = SpeechEngines(tuple(sorted(set(names))), listening=False)
    await engines.start()
    try:
        return [await engines.voice(name).say(sentence) for sentence in SENTENCES for name in names]
    finally:
        await engines.aclose()


def joined(chunks: list[AudioChunk]) -> NDArray[np.int16]:
    """Returns the sound of all of them in a row, in whole frames."""
    samples = np.concatenate([chunk.samples for chunk in chunks])
    return samples[: len(samples) // FRAME_SAMPLES * FRAME_SAMPLES]
