"""The voice as a livekit TTS, with a voice that says a tenth of a second a letter."""

import asyncio
from itertools import pairwise

import numpy as np
import pytest
from livekit.agents import APIConnectOptions, tts

from agent.errors import ModelUnavailable
from agent.speech.tts import VoiceTts, chunk_from_frame
from agent.speech.voices.base import CACHE_BYTES, ClipCache, Voice, later
from render.types import AudioChunk, Phone, Word

ONCE = APIConnectOptions(max_retry=0)
LETTER = 2_400


class Speller(Voice):
    """A phone of 0.1 s for each letter; the space between two words is silence."""

    def __init__(self) -> None:
        super().__init__("speller")
        self.said: list[str] = []
        self.gate = asyncio.Event()
        self.gate.set()
        self.down = False

    async def say(self, piece: str) -> AudioChunk:
        self.said.append(piece)
        await self.gate.wait()
        if self.down:
            raise ModelUnavailable("The voice is down.")
        phones, words, n = [], [], 0
        for word in piece.split():
            words.append(Word(word, n / 10, (n + len(word)) / 10))
            for letter in [*word, ""]:
                phones.append(Phone(letter, n / 10, (n + 1) / 10))
                n += 1
        return AudioChunk(np.full(n * LETTER, 1_000, np.int16), tuple(phones), tuple(words))


async def synthesize(voice: Voice, *texts: str) -> list[AudioChunk]:
    stream = VoiceTts(voice).stream(conn_options=ONCE)
    for text in texts:
        stream.push_text(text)
    stream.end_input()
    return [chunk_from_frame(event.frame) async for event in stream]


async def test_words_and_phones_arrive_and_cover_the_sound() -> None:
    voice = Speller()
    chunks = await synthesize(voice, "We are open to", "day, and to", "morrow. Bye.")
    assert voice.said == ["We are open today,", "and tomorrow.", "Bye."]
    phones = [phone for chunk in chunks for phone in chunk.phones]
    words = [word.text for chunk in chunks for word in chunk.words]
    samples = sum(len(chunk.samples) for chunk in chunks)
    assert words == ["We", "are", "open", "today,", "and", "tomorrow.", "Bye."]
    assert phones[0].start == 0.0
    assert phones[-1].end == pytest.approx(samples / 24_000)
    assert all(before.end == pytest.approx(after.start) for before, after in pairwise(phones))
    spelled = "".join(phone.symbol or " " for phone in phones)
    assert spelled == "We are open today, and tomorrow. Bye. "


async def test_the_phones_of_a_word_travel_with_it_and_not_late() -> None:
    chunks = await synthesize(Speller(), "We are open today, and tomorrow.")
    sent = 0.0
    for chunk in chunks:
        if chunk.phones:
            assert chunk.phones[0].start >= sent - 0.011
        sent += len(chunk.samples) / 24_000


async def test_nothing_to_say_is_a_moment_of_silence() -> None:
    chunks = await synthesize(Speller(), "😀")
    assert sum(len(chunk.samples) for chunk in chunks) == 960
    assert not any(chunk.samples.any() for chunk in chunks)


async def test_closing_stops_at_once() -> None:
    voice = Speller()
    voice.gate.clear()
    stream = VoiceTts(voice).stream(conn_options=ONCE)
    stream.push_text("We are open today. And tomorrow. ")
    await asyncio.sleep(0.01)
    await asyncio.wait_for(stream.aclose(), 1)
    voice.gate.set()
    await asyncio.sleep(0.01)
    assert voice.said == ["We are open today."]


async def test_a_dead_voice_is_an_error_of_the_stream() -> None:
    voice = Speller()
    voice.down = True
    errors: list[tts.TTSError] = []
    speaker = VoiceTts(voice)
    speaker.on("error", errors.append)
    stream = speaker.stream(conn_options=ONCE)
    stream.push_text("Hello. ")
    stream.end_input()
    with pytest.raises(Exception, match="voice is down"):
        [event async for event in stream]
    assert len(errors) == 1


async def test_marks_frame_the_first_clause() -> None:
    marks: list[str] = []
    speaker = VoiceTts(Speller(), observe=lambda name, at: marks.append(name))
    stream = speaker.stream(conn_options=ONCE)
    stream.push_text("One. Two. Three. ")
    stream.end_input()
    [event async for event in stream]
    assert marks == ["voice_started", "voice_ready"]


async def test_speaking_yields_pieces_on_one_time_line() -> None:
    chunks = [chunk async for chunk in Speller().speak("We are open today, and **tomorrow**.")]
    assert [" ".join(w.text for w in c.words) for c in chunks] == [
        "We are open today,",
        "and tomorrow.",
    ]
    phones = [phone for chunk in chunks for phone in chunk.phones]
    assert phones[-1].end == pytest.approx(sum(len(c.samples) for c in chunks) / 24_000)


def clip(samples: int) -> AudioChunk:
    return AudioChunk(np.zeros(samples, np.int16))


def test_the_cache_lets_go_of_what_was_used_least_recently() -> None:
    cache = ClipCache(4_000)
    for name in "ab":
        cache.put(name, clip(800))
    assert cache.get("a") is not None
    cache.put("c", clip(800))
    assert [cache.get(name) is not None for name in "abc"] == [True, False, True]
    cache.put("c", clip(100))
    cache.put("d", clip(1_000))
    assert [cache.get(name) is not None for name in "acd"] == [True, True, True]


def test_a_clip_larger_than_the_cache_is_not_kept() -> None:
    cache = ClipCache(CACHE_BYTES)
    cache.put("long", clip(CACHE_BYTES))
    assert cache.get("long") is None


def test_moving_a_chunk_moves_its_labels() -> None:
    chunk = AudioChunk(np.zeros(1, np.int16), (Phone("a", 0, 1),), (Word("a", 0, 1),))
    moved = later(chunk, 2.5)
    assert moved.phones == (Phone("a", 2.5, 3.5),)
    assert moved.words == (Word("a", 2.5, 3.5),)
