import pytest

from agent.errors import ModelUnavailable, NotFound
from agent.settings import SpeechSettings
from agent.speech.engines import LanguageUnavailable, SpeechEngines
from agent.speech.session_options import session_options
from agent.speech.voices import catalogue
from agent.speech.voices.catalogue import VoiceSource, VoiceUnavailable

ECHO = "tests.unit.models.echo:Echo"
MISSING = "tests.unit.models.echo:Missing"


@pytest.fixture
def small_voices(monkeypatch: pytest.MonkeyPatch) -> None:
    voices = {"echo": VoiceSource(ECHO), "missing": VoiceSource(MISSING)}
    monkeypatch.setattr(catalogue, "BUILT_IN", voices)


async def test_a_voice_that_does_not_load_leaves_no_process(small_voices: None) -> None:
    engines = SpeechEngines(("echo", "missing"), listening=False)
    with pytest.raises(ModelUnavailable, match="package x"):
        await engines.start()
    assert [health.pid for health in engines.health()] == [None, None]


async def test_only_what_is_needed_is_started(small_voices: None) -> None:
    engines = SpeechEngines(("echo",), listening=False)
    await engines.start()
    assert [health.name for health in engines.health()] == ["voice-echo"]
    await engines.aclose()


def test_an_unknown_voice_is_not_found(small_voices: None) -> None:
    engines = SpeechEngines(("echo",))
    assert engines.voice("echo").name == "echo"
    with pytest.raises(NotFound):
        engines.voice("missing")
    with pytest.raises(NotFound, match=r"speech\.voices"):
        SpeechEngines(("nobody",))


def test_a_language_needs_ears_and_a_voice(small_voices: None) -> None:
    engines = SpeechEngines(("echo",))
    engines.require("echo", "en-GB")
    with pytest.raises(VoiceUnavailable, match="speaks en, not de"):
        engines.require("echo", "de")
    with pytest.raises(LanguageUnavailable, match="English only"):
        engines.ears_for("de")
    SpeechEngines(("echo",), settings=SpeechSettings(recogniser="base")).ears_for("de-AT")


def test_the_recognition_alone_decides_about_turns(small_voices: None) -> None:
    options = session_options(SpeechSettings(end_after=0.3), SpeechEngines(("echo",)), "echo")
    recognition = options.stt
    assert recognition.listener.policy.end_after == 0.3
    assert options.vad is None
    assert options.turn_handling["turn_detection"] == "stt"
    assert options.turn_handling["endpointing"]["min_delay"] == 0.0
