"""Asks a face something, prints the answer and saves its sound.

    python examples/ask.py "What is Visavis?" answer.wav [http://localhost:8010]

Needs `pip install './client[media]'` and a running server.
"""

import asyncio
import sys
import wave

from visavis_client import AgentTranscript, create_session
from visavis_client.media import Sound, attach

RATE, CHANNELS = 48_000, 2
ANSWER_SECONDS = 60


async def ask(question: str, path: str, url: str = "http://localhost:8010") -> str:
    """Writes the answer's sound to `path` and returns its words."""
    session = create_session(api_url=url, greet=False)
    answers: asyncio.Queue[AgentTranscript] = asyncio.Queue()
    session.on(AgentTranscript, answers.put_nowait)
    with wave.open(path, "wb") as file:
        file.setparams((CHANNELS, 2, RATE, 0, "NONE", ""))

        def hear(sound: Sound) -> None:
            file.writeframes(sound.frame.to_ndarray().tobytes())

        attach(session, on_sound=hear)
        async with session, asyncio.timeout(ANSWER_SECONDS):
            asked = session.message(question)
            while True:
                answer = await answers.get()
                if answer.final and answer.request == asked:
                    return answer.text


if __name__ == "__main__":
    print(asyncio.run(ask(*sys.argv[1:])))
