"""Private names of libraries, which may move with any release, are all listed here.

Who raises a pinned version runs this first: a failure says which name moved, and what it was for.
"""

import ast
import importlib
import inspect
import pkgutil
import textwrap
from importlib.metadata import version
from typing import Any

import pytest

import agent
import render
from agent.settings import REPOSITORY

PRIVATE: dict[tuple[str, str, str], str] = {
    ("aioice", "aioice.ice:Connection", "_closing"): "a connection closed while connecting",
    ("aiortc", "aiortc:RTCIceTransport", "_connection"): "the same",
    ("aiortc", "aiortc:RTCRtpTransceiver", "__sender"): "our senders in the place of aiortc's",
    ("aiortc", "aiortc:RTCRtpTransceiver", "__receiver"): "our receiver likewise",
    ("aiortc", "aiortc:RTCRtpSender", "_handle_rtcp_packet"): "reports and repair requests",
    ("aiortc", "aiortc:RTCRtpSender", "_retransmit"): "repairs within bounds",
    ("aiortc", "aiortc:RTCRtpSender", "_rtx_ssrc"): "the stream of repairs",
    ("aiortc", "aiortc:RTCRtpSender", "_ssrc"): "the stream's name on the wire",
    ("aiortc", "aiortc:RTCRtpSender", "_stream_id"): "sound and picture in one stream",
    ("aiortc", "aiortc:RTCRtpReceiver", "_handle_disconnect"): "the microphone's end",
    ("aiortc", "aiortc:RTCRtpReceiver", "_handle_rtcp_packet"): "the microphone's reports",
    ("aiortc", "aiortc:RTCRtpReceiver", "_handle_rtp_packet"): "the microphone's packets",
    ("aiortc", "aiortc:RTCRtpReceiver", "_set_rtcp_ssrc"): "the microphone's reports",
    ("aiortc", "aiortc:RTCDtlsTransport", "_register_rtp_sender"): "senders of our own",
    ("aiortc", "aiortc:RTCDtlsTransport", "_unregister_rtp_sender"): "senders of our own",
    ("aiortc", "aiortc:RTCDtlsTransport", "_register_rtp_receiver"): "a receiver of our own",
    ("aiortc", "aiortc:RTCDtlsTransport", "_unregister_rtp_receiver"): "a receiver of our own",
    ("aiortc", "aiortc:RTCDtlsTransport", "_send_rtp"): "packets of our own",
    ("livekit-agents", "livekit.agents:AgentSession", "_recorded_events"): "bounded memory",
    ("livekit-agents", "livekit.agents.llm:LLMStream", "_chat_ctx"): "what the mind is asked",
    ("livekit-agents", "livekit.agents.llm:LLMStream", "_event_ch"): "what the mind answers",
    ("livekit-agents", "livekit.agents.llm:LLMStream", "_run"): "the mind's answer",
    ("livekit-agents", "livekit.agents.llm:LLMStream", "_tools"): "what the mind may call",
    ("livekit-agents", "livekit.agents.stt:RecognizeStream", "_emit_error"): "a recogniser down",
    ("livekit-agents", "livekit.agents.stt:RecognizeStream", "_event_ch"): "what was heard",
    ("livekit-agents", "livekit.agents.stt:RecognizeStream", "_input_ch"): "the person's sound",
    ("livekit-agents", "livekit.agents.stt:RecognizeStream", "_run"): "recognition",
    ("livekit-agents", "livekit.agents.stt:STT", "_recognize_impl"): "recognition in one go",
    ("livekit-agents", "livekit.agents.tts:SynthesizeStream", "_input_ch"): "what is to be said",
    ("livekit-agents", "livekit.agents.tts:SynthesizeStream", "_mark_started"): "voice timing",
    ("livekit-agents", "livekit.agents.tts:SynthesizeStream", "_run"): "the voice",
    ("livekit-agents", "livekit.agents.tts:TTS", "_synthesize_with_stream"): "speech in one go",
    (
        "livekit-agents",
        "livekit.agents.voice.io:AudioOutput",
        "_pending_playback_count",
    ): "segments that were cut before they were heard",
}
"""Library, class and name, and what we need it for."""

OURS = ("agent", "render", "visavis_client")
OWN_ELSEWHERE = frozenset({"_exit", "_replace", "_asdict", "_speed", "_persona"})
"""Private names on other objects that are ours, or documented (`os._exit`, a named tuple's)."""
NOT_A_LIBRARY = ("builtins", "abc", "typing", "enum", "collections", "pydantic", "torch.nn")


@pytest.mark.parametrize("entry", PRIVATE, ids=lambda entry: f"{entry[1]}.{entry[2]}")
def test_the_private_name_is_still_there(entry: tuple[str, str, str]) -> None:
    library, place, name = entry
    module, _, attribute = place.partition(":")
    owner = getattr(importlib.import_module(module), attribute, None)
    moved = f"{library} {version(library)}: {place} has no {name}; we use it for {PRIVATE[entry]}"
    assert owner is not None, moved
    mangled = f"_{attribute}{name}" if name.startswith("__") else name
    found = hasattr(owner, mangled) or any(
        f"self.{name}" in inspect.getsource(each) for each in owner.__mro__[:-1] if _has_code(each)
    )
    assert found, moved


def test_no_other_private_name_of_a_library_is_used() -> None:
    listed = {name for _, _, name in PRIVATE}
    inherited = {use for use in _inherited() if use[1] not in listed}
    assert inherited == set()
    assert _reached() - listed - OWN_ELSEWHERE == set()


def _has_code(owner: type) -> bool:
    return owner.__module__.split(".")[0] not in ("builtins", "typing", "abc")


def _is_private(name: str) -> bool:
    return name.startswith("_") and not name.startswith("__")


def _inherited() -> set[tuple[str, str]]:
    """Returns private names of library classes that classes of ours use of themselves."""
    return {
        (f"{module.__name__}.{cls.__name__}", name)
        for module in _modules()
        for cls in vars(module).values()
        if inspect.isclass(cls) and cls.__module__ == module.__name__
        for name in _names_of_itself(cls)
        if any(_defines(base, name) for base in cls.__mro__[1:] if _is_foreign(base))
    }


def _modules() -> list[Any]:
    names = [
        info.name
        for package in (agent, render)
        for info in pkgutil.walk_packages(package.__path__, f"{package.__name__}.")
    ]
    skipped = ("bench", "training", "data_tools", "build_shapes", "child", "__main__")
    return [importlib.import_module(n) for n in names if not any(s in n for s in skipped)]


def _names_of_itself(cls: type) -> set[str]:
    tree = ast.parse(textwrap.dedent(inspect.getsource(cls)))
    used = {
        node.attr
        for node in ast.walk(tree)
        if isinstance(node, ast.Attribute)
        and isinstance(node.value, ast.Name)
        and node.value.id == "self"
    }
    methods = {
        node.name
        for node in ast.walk(tree)
        if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef)
    }
    return {name for name in used | methods if _is_private(name)}


def _is_foreign(base: type) -> bool:
    return not base.__module__.startswith((*OURS, *NOT_A_LIBRARY))


def _defines(base: type, name: str) -> bool:
    if name in vars(base):
        return True
    try:
        return f"self.{name} =" in inspect.getsource(base)
    except (OSError, TypeError):
        return False


def _reached() -> set[str]:
    """Returns private names that are read of objects other than `self`."""
    found = set()
    for package in ("agent", "render", "client"):
        for path in (REPOSITORY / package).rglob("*.py"):
            own: set[str] = set()
            tree = ast.parse(path.read_text("utf-8"))
            for node in ast.walk(tree):
                if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef | ast.ClassDef):
                    own.add(node.name)
                if isinstance(node, ast.Attribute) and isinstance(node.value, ast.Name):
                    own |= {node.attr} if node.value.id in ("self", "cls") else set()
            found |= {
                node.attr
                for node in ast.walk(tree)
                if isinstance(node, ast.Attribute) and _is_private(node.attr)
            } - own
    return found
