"""The whole loop through a real browser: people and synthetic voices ask, the face answers.

One conversation is recorded; the tests look at it from all sides. In another one the turn is a
button: only what is said while it is held is heard, and the answer comes when it is let go.
"""

import asyncio
import base64
import re
import time
from collections.abc import AsyncIterator
from pathlib import Path
from typing import Any

import cv2
import jiwer
import numpy as np
import pytest
import pytest_asyncio
from numpy.typing import NDArray
from playwright.async_api import Page

from agent.bench.lab.chromium import chromium
from agent.bench.lab.material import RATE, recordings, script, spoken, write_wav
from agent.bench.lab.record import Talk, opened, record, start
from agent.bench.lab.server import Served, served
from agent.bench.lab.tracks import envelope, is_speaking, last_heard
from agent.bench.talk import is_right, measure, plain, word_error_rate
from agent.settings import Settings
from agent.speech.engines import SpeechEngines
from render.face.landmarks import FaceFinder

pytestmark = [
    pytest.mark.models,
    pytest.mark.browser,
    pytest.mark.asyncio(loop_scope="module"),
]

QUESTIONS = [
    ("What is Visavis?", "flite:slt", "agent with a face"),
    ("Do I need a graphics card?", "espeak-ng", "graphics card"),
    ("Which license does the code have?", "flite:rms", "Apache"),
]
LONG_QUESTION, INTERRUPTION = "What is Visavis?", "Wait, do I need a graphics card?"
UPPER_LIP, LOWER_LIP, FOREHEAD, CHIN = 13, 14, 10, 152
GREETING_SECONDS, BETWEEN_SECONDS, ANSWER_SECONDS = 8.0, 4.0, 12.0


@pytest_asyncio.fixture(scope="module", loop_scope="module")
async def server() -> AsyncIterator[Served]:
    async with served(Settings()) as server:
        yield server


@pytest_asyncio.fixture(scope="module", loop_scope="module")
async def talk(server: Served, tmp_path_factory: pytest.TempPathFactory) -> Talk:
    said = [spoken(text, voice, ((right,),)) for text, voice, right in QUESTIONS]
    human = recordings()
    said += human
    gaps = [10.0] * len(QUESTIONS) + [11.0] * len(human)
    said += [spoken(LONG_QUESTION, "flite:slt"), spoken(INTERRUPTION, "flite:rms")]
    gaps += [4.0, 9.0]
    track = script(said, 9.0, gaps)
    folder = tmp_path_factory.mktemp("talk")
    return await record(server.url, folder, said, track, keep_every=4)


async def test_recorded_people_are_understood(talk: Talk) -> None:
    rate = word_error_rate(talk, len(QUESTIONS) + len(recordings()))
    assert rate is not None
    assert rate <= 0.15


async def test_everything_is_answered_and_questions_rightly(talk: Talk) -> None:
    for index in range(len(talk.said) - 2):
        measured = measure(talk, index)
        assert measured is not None, talk.said[index].text
        assert is_right(talk.said[index], measured), (talk.said[index].text, measured.answer)


async def test_layers_add_up(talk: Talk) -> None:
    for event in talk.received("turn", 0, np.inf):
        total = sum(layer["ms"] for layer in event["layers"])
        assert total == pytest.approx(event["voice_to_voice_ms"], abs=1.0)
        assert all(layer["ms"] >= 0 for layer in event["layers"])


async def test_the_answer_is_heard_as_it_is_written(talk: Talk) -> None:
    engines = SpeechEngines(())
    await engines.start()
    try:
        for index in range(len(QUESTIONS)):
            measured = measure(talk, index)
            assert measured is not None
            sound = talk.voice.between(talk.end_ms(index), talk.until_ms(index))
            understood = (await engines.ears.transcribe(sound, ("Visavis",))).text
            assert jiwer.wer(plain(measured.answer), plain(understood)) <= 0.35
    finally:
        await engines.aclose()


def apertures(talk: Talk) -> tuple[NDArray[np.float64], NDArray[np.float64]]:
    """Returns page times and lip gaps in face heights of the kept pictures."""
    times, gaps = [], []
    with FaceFinder() as finder:
        for frame in talk.frames:
            pixels = np.frombuffer(base64.b64decode(frame["jpeg"]), np.uint8)
            picture = cv2.imdecode(pixels, cv2.IMREAD_COLOR)
            assert picture is not None
            faces = finder.find_faces(
                np.asarray(cv2.cvtColor(picture, cv2.COLOR_BGR2RGB), np.uint8)
            )
            assert faces, "a picture without a face was shown"
            points = faces[0].points
            height = np.linalg.norm(points[FOREHEAD, :2] - points[CHIN, :2])
            times.append(frame["at_ms"])
            gaps.append(np.linalg.norm(points[UPPER_LIP, :2] - points[LOWER_LIP, :2]) / height)
    order = np.argsort(times)
    return np.array(times)[order], np.array(gaps)[order]


async def test_lips_move_with_the_voice_and_rest_with_it(talk: Talk) -> None:
    times, gaps = apertures(talk)
    ended = talk.voice.start_ms + len(talk.voice.samples) * 1000 / RATE
    inside = (times > talk.voice.start_ms + 1_000) & (times < ended - 1_500)
    times, gaps = times[inside], gaps[inside]
    level = np.array([envelope(talk.voice.between(t - 100, t + 100)).mean() for t in times])
    quiet = np.array([not is_speaking(talk.voice, t + 300, 900) for t in times])
    loud = level > 1_000
    assert loud.sum() > 50
    assert quiet.sum() > 50
    assert np.percentile(gaps[quiet], 90) < 0.012
    assert np.mean(gaps[loud]) > 3 * np.mean(gaps[quiet])
    assert np.corrcoef(gaps, np.sqrt(level))[0, 1] > 0.5


async def test_an_interruption_stops_voice_and_mouth_and_shortens_history(talk: Talk) -> None:
    index = len(talk.said) - 1
    start = talk.start_ms(index)
    assert is_speaking(talk.voice, start)
    assert last_heard(talk.voice, start, talk.end_ms(index)) < talk.end_ms(index) - 300
    assert talk.shown("rest", start, talk.end_ms(index) + 500) is not None
    whole = measure(talk, 0)
    cut = [e for e in talk.received("agent_transcript", start - 500, np.inf) if e["interrupted"]]
    assert whole is not None
    assert cut
    assert whole.answer.startswith(cut[0]["text"])
    asked = talk.received("user_transcript", talk.start_ms(index - 1), np.inf)
    assert cut[0]["turn"] == next(event["turn"] for event in asked if event["final"])
    assert len(cut[0]["text"]) < len(whole.answer)
    assert re.search("graphics card", measure(talk, index).answer)  # type: ignore[union-attr]


async def received(page: Page, kind: str) -> list[dict[str, Any]]:
    log = await page.evaluate("visavis.log")
    events = [entry["event"] for entry in log if entry["direction"] == "received"]
    return [event for event in events if event["type"] == kind]


async def test_only_what_is_said_while_the_button_is_held_is_answered(
    server: Served, tmp_path: Path
) -> None:
    said = [
        spoken("What is Visavis?", "flite:slt"),
        spoken("Do I need a graphics card?", "flite:slt"),
    ]
    track = script(said, GREETING_SECONDS, [BETWEEN_SECONDS, ANSWER_SECONDS])
    write_wav(tmp_path / "microphone.wav", track.samples)
    async with (
        chromium(tmp_path / "microphone.wav") as browser,
        opened(browser, server.url) as page,
    ):
        begun = time.monotonic()
        await start(page)
        await page.click("#talk-mode")
        await page.hover("#microphone")
        await asyncio.sleep(begun + track.starts[1] / RATE - 1.0 - time.monotonic())
        assert await received(page, "user_transcript") == []
        await page.mouse.down()
        await asyncio.sleep(begun + track.ends[1] / RATE + 1.0 - time.monotonic())
        assert not any(event["final"] for event in await received(page, "user_transcript"))
        await page.mouse.up()
        await page.wait_for_function(
            "visavis.log.some(({ event }) => event.type === 'turn' && event.turn > 0)",
            timeout=ANSWER_SECONDS * 1000,
        )
        heard = [event["text"] for event in await received(page, "user_transcript")]
        answer = (await received(page, "agent_transcript"))[-1]["text"]
    assert "graphics card" in heard[-1]
    assert not any("visavis" in text.lower() for text in heard)
    assert "graphics card" in answer
