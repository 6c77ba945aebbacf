"""Observers that keep what they are told."""

from collections.abc import Callable

from agent.face.face import FrameStage
from agent.mind.persona.cues import CueSheet
from agent.transport.base import ClosedReason, Mark, MicrophoneFrame
from render.types import AVUnit


class FaceWatcher:
    """Keeps what happens in a face."""

    def __init__(self) -> None:
        self.frames: list[tuple[FrameStage, int]] = []
        self.sounded: list[int] = []
        self.skipped = 0

    def on_frame(self, stage: FrameStage, pts: int, at: float) -> None:
        self.frames.append((stage, pts))

    def on_sound(self, unit: AVUnit) -> None:
        self.sounded.append(unit.pts)

    def on_picture_skipped(self) -> None:
        self.skipped += 1


class TransportWatcher:
    """Keeps what happens on a transport; hands the microphone's sound on."""

    def __init__(self) -> None:
        self.heard: list[MicrophoneFrame] = []
        self.marks: list[tuple[Mark, int]] = []
        self.reasons: list[ClosedReason] = []
        self.hear: Callable[[MicrophoneFrame], None] = self.heard.append

    def on_microphone(self, frame: MicrophoneFrame) -> None:
        self.hear(frame)

    def on_mark(self, name: Mark, pts: int, at: float) -> None:
        self.marks.append((name, pts))

    def on_closed(self, reason: ClosedReason) -> None:
        self.reasons.append(reason)


class AnswerWatcher:
    """Keeps what becomes of answers."""

    def __init__(self) -> None:
        self.seen: list[str] = []
        self.failures: list[Exception] = []

    def on_asked(self) -> None:
        self.seen.append("asked")

    def on_first_token(self) -> None:
        self.seen.append("token")

    def on_failure(self, error: Exception) -> None:
        self.failures.append(error)


class SpeechWatcher:
    """Keeps what becomes of speech."""

    def __init__(self) -> None:
        self.sounds = 0
        self.cues: list[tuple[int, CueSheet]] = []
        self.cuts = 0

    def on_first_sound(self) -> None:
        self.sounds += 1

    def on_cues(self, segment: int, sheet: CueSheet) -> None:
        self.cues.append((segment, sheet))

    def on_speech_cut(self) -> None:
        self.cuts += 1


class SessionWatcher:
    """Keeps what happens in a session."""

    def __init__(self) -> None:
        self.interrupted = 0
        self.skipped = 0
        self.closed: list[str] = []

    def on_interrupted(self) -> None:
        self.interrupted += 1

    def on_picture_skipped(self) -> None:
        self.skipped += 1

    def on_session_closed(self, session: str) -> None:
        self.closed.append(session)
