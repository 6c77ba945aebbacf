"""`visavis bench talk`: a conversation through a real browser, measured in the page.

The microphone is a file of recorded and synthetic speech. What is measured is what a person
gets: from the last voiced sample the page's microphone delivered to the frame with the first lip
movement on the page's screen. Needs the `bench` extra and Debian's chromium, espeak-ng, flite
and pocketsphinx-testdata.
"""

import asyncio
import re
import tempfile
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import jiwer
import yaml
from playwright.async_api import Page

from agent.bench.chromium import chromium
from agent.bench.material import RATE, Script, Utterance, recordings, script, spoken, write_wav
from agent.bench.server import Served, served
from agent.bench.tracks import Track, falls_silent_at, is_speaking, played_at
from agent.ledger.percentiles import p50_p95
from agent.ledger.turns import LAYERS
from agent.settings import Settings

PROBE = Path(__file__).with_name("probe.js")
QUESTIONS = Path(__file__).parent / "answers" / "vera.yaml"
VOICES = ("flite:slt", "espeak-ng", "flite:rms", "flite:awb")
GREETING_SECONDS = 9.0
GAP_SECONDS = 11.0
"""Between two questions: the longest answer and some rest."""
BARGE_IN_SECONDS = 3.2
"""Between a question and the one that interrupts its answer."""
BARGE_INS = 3
OPENINGS = 5
RECORDED_EVERY = 4
MATCH_MS = 400.0


@dataclass(frozen=True, slots=True)
class Talk:
    """What was recorded of one conversation.

    Attributes:
        said: What the microphone file says, in order.
        track: The file's layout.
        zero_ms: Page time of the file's first sample.
        voice: What the page played.
        log: Events of the protocol as the page saw them.
        skew_ms: Samples of video minus audio playout time.
    """

    said: list[Utterance]
    track: Script
    zero_ms: float
    voice: Track
    log: list[dict[str, Any]]
    skew_ms: list[float]

    def start_ms(self, index: int) -> float:
        """Page time at which utterance `index` begins."""
        return self.zero_ms + self.track.starts[index] * 1000 / RATE

    def end_ms(self, index: int) -> float:
        """Page time of the last voiced sample of utterance `index`."""
        return self.zero_ms + self.track.ends[index] * 1000 / RATE

    def received(self, kind: str, after_ms: float, before_ms: float) -> list[dict[str, Any]]:
        """Returns the server's events of one type that the page saw between two times."""
        return [
            entry["event"]
            for entry in self.log
            if entry["direction"] == "received"
            and entry["event"]["type"] == kind
            and after_ms <= entry["at_ms"] < before_ms
        ]

    def shown(self, what: str, after_ms: float, before_ms: float) -> float | None:
        """Returns when the first watched frame of a kind was on the page's screen."""
        watches = {
            e["watch"] for e in self.received("watch", after_ms, before_ms) if e["what"] == what
        }
        times = [
            entry["event"]["at_ms"]
            for entry in self.log
            if entry["direction"] == "sent"
            and entry["event"]["type"] == "displayed"
            and entry["event"]["watch"] in watches
        ]
        return min(times, default=None)


async def run(settings: Settings, turns: int) -> dict[str, Any]:
    """Talks for `turns` questions and a few interruptions; returns the README's object."""
    said, gaps = _material(turns)
    track = script(said, GREETING_SECONDS, gaps)
    with tempfile.TemporaryDirectory() as folder:
        microphone = Path(folder) / "microphone.wav"
        write_wav(microphone, track.samples)
        async with served(settings) as server:
            openings = await _openings(server)
            talk = await _talk(server, microphone, said, track)
    return {**_report(talk, turns), "first_frame_ms": p50_p95(openings), "ready_s": server.ready_s}


def _material(turns: int) -> tuple[list[Utterance], list[float]]:
    human = recordings()
    asked = [
        q for q in yaml.safe_load(QUESTIONS.read_text()) if not ({"misheard", "before"} & set(q))
    ]
    step = max(1, len(asked) // (turns + BARGE_INS))
    said: list[Utterance] = []
    for turn in range(turns):
        if turn % RECORDED_EVERY == RECORDED_EVERY - 1:
            said.append(human[(turn // RECORDED_EVERY) % len(human)])
        else:
            said.append(_question(asked[turn * step % len(asked)], turn))
    gaps = [GAP_SECONDS] * turns
    for index in range(BARGE_INS):
        said.append(spoken("Tell me about yourself, and what you can do.", VOICES[index]))
        said.append(_question(asked[(turns + index) * step % len(asked)], index + 1))
        gaps += [BARGE_IN_SECONDS, GAP_SECONDS]
    return said, gaps


def _question(entry: dict[str, Any], number: int) -> Utterance:
    right = tuple((pattern,) for pattern in entry["right"])
    return spoken(entry["ask"], VOICES[number % len(VOICES)], right)


async def _page(browser: Any, url: str) -> Page:
    context = await browser.new_context(bypass_csp=True, viewport={"width": 1280, "height": 800})
    page: Page = await context.new_page()
    await page.add_init_script(path=PROBE)
    await page.goto(f"{url}?probe=1")
    return page


async def _openings(server: Served) -> list[float]:
    """Clicks start a few times; returns click to first displayed frame in ms."""
    times = []
    async with chromium() as browser:
        for _ in range(OPENINGS):
            page = await _page(browser, server.url)
            clicked = await page.evaluate(
                "() => { const at = performance.timeOrigin + performance.now();"
                " document.getElementById('start').click(); return at; }"
            )
            await page.wait_for_function("visavis.frames.length > 0", timeout=15_000)
            times.append(await page.evaluate("visavis.frames[0].at_ms") - clicked)
            await page.evaluate("visavis.session.close()")
            await page.context.close()
    return times


async def _talk(server: Served, microphone: Path, said: list[Utterance], track: Script) -> Talk:
    async with chromium(microphone) as browser:
        page = await _page(browser, server.url)
        await page.click("#start")
        await page.wait_for_function("visavis.frames.length > 0", timeout=15_000)
        skew: list[float] = []
        for _ in range(int(len(track.samples) / RATE) + 1):
            await asyncio.sleep(1)
            if (now := await page.evaluate("visavisProbe.skew()")) is not None:
                skew.append(now)
        heard = Track.of(await page.evaluate("visavisProbe.microphone.read()"))
        voice = Track.of(await page.evaluate("visavisProbe.voice.read()"))
        log = await page.evaluate("visavis.log")
    return Talk(said, track, played_at(heard, track.samples), voice, log, skew)


@dataclass(frozen=True, slots=True)
class Measured:
    """One answered turn.

    Attributes:
        voice_to_voice_ms: Last voiced sample to first lip movement on the screen, page clock.
        layers: Shares in ms that sum to it.
        answer: What was said.
    """

    voice_to_voice_ms: float
    layers: dict[str, float]
    answer: str


def _measure(talk: Talk, index: int) -> Measured | None:
    """Measures utterance `index`; None if its answer was never displayed."""
    end, until = talk.end_ms(index), _next_start(talk, index)
    lips = talk.shown("lips", end - 100, until)
    records = talk.received("turn", end, until)
    finals = [e for e in talk.received("agent_transcript", end, until) if e["final"]]
    if lips is None or not records:
        return None
    layers = {layer["name"]: layer["ms"] for layer in records[0]["layers"]}
    total = lips - end
    # The server learns of the last sample only when it arrives: the way there and the detector's
    # error belong to endpointing, so that the shares add up to what the person waited.
    layers["endpointing"] += total - sum(layers.values())
    return Measured(total, layers, finals[0]["text"] if finals else "")


def _next_start(talk: Talk, index: int) -> float:
    if index + 1 < len(talk.said):
        return talk.start_ms(index + 1)
    return talk.zero_ms + len(talk.track.samples) * 1000 / RATE


def _right(utterance: Utterance, measured: Measured) -> bool:
    if not measured.answer:
        return False
    groups = utterance.expected
    return all(any(re.search(p, measured.answer, re.I) for p in group) for group in groups)


def _barge_ins(talk: Talk, turns: int) -> tuple[list[float], list[float], int]:
    """Returns how long the voice and the mouth took to stop, and how often nothing was cut."""
    voice, mouth, missed = [], [], 0
    for index in range(turns + 1, len(talk.said), 2):
        start = talk.start_ms(index)
        if not is_speaking(talk.voice, start):
            missed += 1
            continue
        silent = falls_silent_at(talk.voice, start)
        rest = talk.shown("rest", start, talk.end_ms(index) + 1_000)
        if silent is not None:
            voice.append(silent - start)
        if rest is not None:
            mouth.append(rest - start)
    return voice, mouth, missed


def _word_error_rate(talk: Talk, turns: int) -> float | None:
    pairs = []
    for index in range(turns):
        if talk.said[index].recorded:
            texts = talk.received("user_transcript", talk.start_ms(index), _next_start(talk, index))
            final = " ".join(e["text"] for e in texts if e["final"])
            pairs.append((_plain(talk.said[index].text), _plain(final)))
    if not pairs:
        return None
    return round(float(jiwer.wer([p[0] for p in pairs], [p[1] or "-" for p in pairs])), 3)


def _plain(text: str) -> str:
    words = re.sub(r"[^a-z' ]", " ", text.lower()).split()
    return " ".join({"mr": "mister"}.get(word, word) for word in words)


def _report(talk: Talk, turns: int) -> dict[str, Any]:
    measured = [_measure(talk, index) for index in range(turns)]
    answered = [m for m in measured if m is not None]
    right = sum(m is not None and _right(talk.said[index], m) for index, m in enumerate(measured))
    voice, mouth, missed = _barge_ins(talk, turns)
    return {
        "turns": turns,
        "answered": len(answered),
        "answers_ok": right,
        "word_error_rate": _word_error_rate(talk, turns),
        "voice_to_voice_ms": p50_p95([m.voice_to_voice_ms for m in answered]),
        "layers": {name: p50_p95([m.layers[name] for m in answered]) for name, _ in LAYERS},
        "barge_in_ms": {"voice": p50_p95(voice), "mouth": p50_p95(mouth), "missed": missed},
        "av_skew_ms": p50_p95(talk.skew_ms),
    }
