"""`visavis bench talk`: a conversation through a real browser, measured in the page.

The microphone is a file of recorded and synthetic speech. What is measured is what a person
gets: from the last voiced sample the page's microphone delivered to the frame with the first lip
movement on the page's screen. Needs the `bench` extra and Debian's chromium, espeak-ng, flite
and pocketsphinx-testdata.
"""

import re
import tempfile
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from statistics import fmean
from typing import Any

import jiwer
import yaml

from agent.bench.lab import impaired, relay
from agent.bench.lab.chromium import chromium
from agent.bench.lab.material import SpokenSentence, recordings, script, spoken
from agent.bench.lab.quota import quota
from agent.bench.lab.record import Talk, opened, record, start
from agent.bench.lab.server import Served, served
from agent.bench.lab.tracks import is_speaking, last_heard
from agent.bench.speedups import Speedup, environment
from agent.ledger.percentiles import p50_p95
from agent.ledger.turns import LAYERS
from agent.settings import Settings

QUESTIONS = Path(__file__).parent / "answers" / "vera.yaml"
VOICES = ("flite:slt", "espeak-ng", "flite:rms", "flite:awb")
GREETING_SECONDS = 9.0
GAP_SECONDS = 11.0
"""Between two questions: the longest answer and some rest."""
BARGE_IN_SECONDS = 3.0
"""Between a question and the one that interrupts its answer."""
BARGE_INS = 3
OPENINGS = 5
EARLY_MS = 100.0
"""An answer shown longer than this before the last voiced sample cut somebody short."""
RECORDED_EVERY = 4
SAME = {"mr": "mister", "licence": "license", "1": "one", "2": "two", "3": "three"}
"""Spellings of one word."""


async def run(
    settings: Settings,
    turns: int,
    network: str | None = None,
    without: Sequence[Speedup] = (),
    cores: float | None = None,
) -> dict[str, Any]:
    """Talks for `turns` questions and a few interruptions; returns the README's object.

    Args:
        settings: Of the server.
        turns: How many questions.
        network: "RTT_MS,LOSS" that sound and picture pass, such as "80,0.02".
        without: What is switched off, to see what it is worth.
        cores: Processor cores that server, models and browser have together; None for all.
    """
    path = impaired.network(network)
    said, gaps = material(turns)
    track = script(said, GREETING_SECONDS, gaps)
    with tempfile.TemporaryDirectory() as folder, quota(cores):
        async with served(settings, **environment(without)) as server:
            openings = await _openings(server, path)
            talk = await record(server.url, Path(folder), said, track, network=path)
    return {
        "network": network,
        "cores": cores,
        "without": list(without),
        **_report(talk, turns),
        "first_frame_ms": p50_p95(openings),
        "ready_s": server.ready_s,
    }


def material(turns: int) -> tuple[list[SpokenSentence], list[float]]:
    """Returns what is said in `turns` questions and the interruptions, and the gaps between."""
    human = recordings()
    asked = [
        q for q in yaml.safe_load(QUESTIONS.read_text()) if not ({"misheard", "before"} & set(q))
    ]
    step = max(1, len(asked) // (turns + BARGE_INS))
    said: list[SpokenSentence] = []
    for turn in range(turns):
        if turn % RECORDED_EVERY == RECORDED_EVERY - 1:
            said.append(human[(turn // RECORDED_EVERY) % len(human)])
        else:
            said.append(_question(asked[turn * step % len(asked)], turn))
    gaps = [GAP_SECONDS] * turns
    for index in range(BARGE_INS):
        said.append(spoken("What is Visavis?", VOICES[index]))
        said.append(_question(asked[(turns + index) * step % len(asked)], index + 1))
        gaps += [BARGE_IN_SECONDS, GAP_SECONDS]
    return said, gaps


def _question(entry: dict[str, Any], number: int) -> SpokenSentence:
    right = tuple((pattern,) for pattern in entry["right"])
    return spoken(entry["ask"], VOICES[number % len(VOICES)], right)


async def _openings(server: Served, network: relay.Path | None) -> list[float]:
    """Clicks start a few times; returns click to first displayed frame in ms."""
    times = []
    async with chromium() as browser:
        for _ in range(OPENINGS):
            async with opened(browser, server.url, network) as page:
                times.append(await start(page))
                await page.evaluate("visavis.session.close()")
    return times


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


def measure(talk: Talk, index: int) -> Measured | None:
    """Measures utterance `index`; None if no answer was displayed from its end on."""
    end, until = talk.end_ms(index), talk.until_ms(index)
    lips = talk.shown("lips", end - EARLY_MS, until)
    records = talk.received("turn", end, until)
    said = talk.received("agent_transcript", end, until)
    said.sort(key=lambda event: event["final"])  # a long one may still be spoken
    if lips is None or not records:
        return None
    layers = {layer["name"]: layer["ms"] for layer in records[0]["layers"]}
    total = lips - end
    # The server learns of the last sample only when it arrives: the way there and the detector's
    # error belong to endpointing, so that the shares add up to what the person waited.
    layers["endpointing"] += total - sum(layers.values())
    return Measured(total, layers, next(filter(None, (e["text"] for e in reversed(said))), ""))


def is_right(utterance: SpokenSentence, measured: Measured) -> bool:
    """Whether the answer holds what was expected."""
    if not measured.answer:
        return False
    groups = utterance.expected
    return all(any(re.search(p, measured.answer, re.I) for p in group) for group in groups)


def _barge_ins(talk: Talk, turns: int) -> tuple[list[float], list[float], int]:
    """Returns how long the voice and the mouth took to stop, and how often nothing was cut."""
    voice, mouth, missed = [], [], 0
    for index in range(turns + 1, len(talk.said), 2):
        began = talk.start_ms(index)
        if not is_speaking(talk.voice, began):
            missed += 1
            continue
        rest = talk.shown("rest", began, talk.end_ms(index) + 1_000)
        voice.append(last_heard(talk.voice, began, talk.end_ms(index)) - began)
        if rest is not None:
            mouth.append(rest - began)
    return voice, mouth, missed


def word_error_rate(talk: Talk, turns: int) -> float | None:
    """Returns how much of the recorded speech among the first `turns` was misunderstood."""
    pairs = []
    for index in range(turns):
        if talk.said[index].recorded:
            texts = talk.received("user_transcript", talk.start_ms(index), talk.until_ms(index))
            latest = {e["turn"]: e["text"] for e in texts if e["final"]}  # some are taken back
            final = " ".join(latest.values())
            pairs.append((plain(talk.said[index].text), plain(final)))
    if not pairs:
        return None
    return round(float(jiwer.wer([p[0] for p in pairs], [p[1] or "-" for p in pairs])), 3)


def plain(text: str) -> str:
    """Returns lower-case words only, as word error rates are counted."""
    words = re.sub(r"[^a-z0-9' ]", " ", text.lower()).split()
    return " ".join(SAME.get(word, word) for word in words)


def _means(answered: list[Measured]) -> dict[str, float]:
    """Returns the mean of the whole and of each layer, which, unlike medians, add up."""
    if not answered:
        return {}
    means = {name: fmean(m.layers[name] for m in answered) for name, _ in LAYERS}
    means["voice_to_voice"] = fmean(m.voice_to_voice_ms for m in answered)
    return {name: round(mean, 1) for name, mean in means.items()}


def answered_early(talk: Talk, index: int) -> bool:
    """Whether an answer was shown before utterance `index` was over."""
    return talk.shown("lips", talk.start_ms(index), talk.end_ms(index) - EARLY_MS) is not None


def _row(talk: Talk, index: int, measured: Measured | None) -> dict[str, Any]:
    said = talk.said[index]
    return {
        "said": said.text,
        "recorded": said.recorded,
        "answered_early": answered_early(talk, index),
        "right": measured is not None and is_right(said, measured),
        "voice_to_voice_ms": measured and round(measured.voice_to_voice_ms, 1),
        "layers": measured and {name: round(ms, 1) for name, ms in measured.layers.items()},
    }


def _report(talk: Talk, turns: int) -> dict[str, Any]:
    measured = [measure(talk, index) for index in range(turns)]
    answered = [m for m in measured if m is not None]
    each = [_row(talk, index, one) for index, one in enumerate(measured)]
    voice, mouth, missed = _barge_ins(talk, turns)
    return {
        "turns": turns,
        "answered": len(answered),
        "answered_early": sum(row["answered_early"] for row in each),
        "answers_ok": sum(row["right"] for row in each),
        "word_error_rate": word_error_rate(talk, turns),
        "voice_to_voice_ms": p50_p95([m.voice_to_voice_ms for m in answered]),
        "layers": {name: p50_p95([m.layers[name] for m in answered]) for name, _ in LAYERS},
        "mean_ms": _means(answered),
        "barge_in_ms": {"voice": p50_p95(voice), "mouth": p50_p95(mouth), "missed": missed},
        "av_skew_ms": p50_p95(talk.skew_ms),
        "each": each,
    }
