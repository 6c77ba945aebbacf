"""One person's microphone: sound in, transcripts and turns out.

As soon as a pause is 40 ms old, the turn so far is transcribed; where the words leave it open, the
turn model is asked. If they say "done", a preflight transcript starts the answer; once the policy
agrees, it becomes final. If the person goes on, nothing of it remains. Who goes on a moment after
that was cut short: what follows is transcribed together with it, as one turn.

While the avatar speaks nothing begins a turn but words that take the floor (`overlap.py` judges
them): the avatar is paused by START_OF_SPEECH and an interim transcript, cut by the final one, and
goes on if the turn ends without one. Time is counted in samples; the clock only tells when they
were spoken.
"""

import asyncio
import time
from collections import deque

from livekit import rtc
from livekit.agents import stt
from livekit.agents.stt import SpeechEvent, SpeechEventType
from livekit.agents.types import APIConnectOptions

from agent.errors import ModelUnavailable
from agent.speech import marks
from agent.speech.ears.transcript import Transcript
from agent.speech.listening.listener import Listener
from agent.speech.listening.overlap import OverlapListener
from agent.speech.listening.samples import Reblock, SampleClock
from agent.speech.listening.turn import LONGEST_SECONDS, NOTHING, Pause, Samples, UserTurn
from agent.speech.turn_taking.activity import FRAME_SAMPLES, RATE, Detector
from agent.speech.turn_taking.interruption import InterruptionVerdict, is_backchannel, wants_silence
from agent.speech.turn_taking.words import words

PREFIX_SECONDS = 0.3
"""Sound before the detected start that belongs to the turn."""
LONG_SECONDS = 15.0
"""From this length on, what was said before a pause is final when the person goes on."""
RELEASE_SECONDS = 60.0
"""The policy ends turns, not the detector."""
CONTINUES = round(0.9 * RATE)
"""Who goes on after so many samples of silence had not finished."""


class RecognitionStream(stt.RecognizeStream):
    """Listens to one person."""

    def __init__(
        self, recognition: stt.STT[str], listener: Listener, conn_options: APIConnectOptions
    ) -> None:
        self._listener = listener
        self._detector = Detector(listener.vad_mode, RELEASE_SECONDS)
        self._blocks = Reblock(FRAME_SAMPLES)
        self._prefix: deque[Samples] = deque(maxlen=int(PREFIX_SECONDS * RATE) // FRAME_SAMPLES)
        self._clock = SampleClock()
        self._overlap = OverlapListener(listener.own_voice)
        self._position = 0
        self._turn: UserTurn | None = None
        self._last: UserTurn | None = None
        self._tasks: asyncio.TaskGroup
        self._transcription: asyncio.Task[None] | None = None
        super().__init__(stt=recognition, conn_options=conn_options)

    async def _run(self) -> None:
        async with asyncio.TaskGroup() as self._tasks:
            async for item in self._input_ch:
                if isinstance(item, rtc.AudioFrame):
                    self._take(item)
                else:
                    self._flush()

    def _take(self, frame: rtc.AudioFrame) -> None:
        blocks = list(self._blocks.push_samples(frame))
        arrived = self._position + FRAME_SAMPLES * len(blocks)
        self._clock.arrived(arrived, self._listener.clock())
        for block in blocks:
            self._position += len(block)
            self._step(block)

    def _step(self, block: Samples) -> None:
        activity = self._detector.push_frame(block)
        turn = self._turn
        if turn is None:
            self._prefix.append(block)
            self._overlap.pass_by(block)
            if activity.started:
                self._begin(activity.speech)
            return
        turn.sound.append(block)
        if not activity.silence:
            turn.voiced_until = self._position
            if turn.pause != Pause():
                self._resume(turn)
        if turn.over_voice:
            self._listen_over_voice(turn)
        if not turn.over_voice and activity.silence and self._turn is turn:
            self._listen_on(turn)

    def _begin(self, speech: int) -> None:
        longest = int(LONGEST_SECONDS * RATE) // FRAME_SAMPLES
        started = self._clock.when(self._position - speech)
        self._turn = turn = UserTurn(deque(self._prefix, maxlen=longest), started, self._position)
        if self._last and self._position - speech - self._last.voiced_until < CONTINUES:
            turn.before = self._last.whole()
        self._last = None
        if self._listener.own_voice.audible and not self._listener.held:
            turn.over_voice = True
            self._overlap.begin(turn)
        else:
            self._announce(turn)

    def _announce(self, turn: UserTurn) -> None:
        turn.over_voice = False
        self._listener.observe(marks.SPEECH_STARTED, turn.started)
        if len(turn.before):
            self._listener.observe(marks.TURN_CONTINUED, turn.started)
        self._event_ch.send_nowait(SpeechEvent(SpeechEventType.START_OF_SPEECH))

    def _resume(self, turn: UserTurn) -> None:
        """The person goes on: what was concluded from the pause is void."""
        transcript = turn.pause.transcript
        if transcript and transcript.text and len(turn.whole()) > LONG_SECONDS * RATE:
            self._send(SpeechEventType.FINAL_TRANSCRIPT, transcript)
            prefix = self._prefix.maxlen or 0
            turn.sound = deque(list(turn.sound)[-prefix:], maxlen=turn.sound.maxlen)
            turn.before, turn.parted = NOTHING, True
        turn.pause = Pause()
        if not turn.over_voice:
            self._listener.observe(marks.TURN_RESUMED, self._listener.clock())

    # ---------------------------------------------------------------- while the avatar speaks

    def _listen_over_voice(self, turn: UserTurn) -> None:
        """Finds out whether a sound over the avatar's voice takes the floor."""
        silence = self._silence(turn)
        if silence == 0 and not self._listener.own_voice.audible:
            self._announce(turn)  # the avatar has finished meanwhile, the person has not
            return
        until = self._clock.when(self._position)
        if self._overlap.wants_words(turn, silence, until) and not self._transcribing:
            self._transcription = self._tasks.create_task(self._glimpse(turn))
        self._rule(turn)

    async def _glimpse(self, turn: UserTurn) -> None:
        """Finds the words so far; nothing is heard of them unless they take the floor."""
        turn.glimpsed_at = self._clock.when(self._position)
        try:
            vocabulary = self._listener.vocabulary
            glimpse = await self._listener.ears.transcribe(turn.samples(), vocabulary)
        except ModelUnavailable:
            return
        if self._turn is turn and turn.over_voice:
            turn.glimpse = glimpse
            self._rule(turn)

    def _rule(self, turn: UserTurn) -> None:
        until, silence = self._clock.when(self._position), self._silence(turn)
        verdict = self._overlap.judge(turn, silence, until)
        if verdict is InterruptionVerdict.INTERRUPT and turn.glimpse is not None:
            turn.cut_in = True
            if wants_silence(words(turn.glimpse.text)):
                turn.before = NOTHING
            self._announce(turn)
            self._caption(turn.glimpse)
        elif verdict is InterruptionVerdict.DISMISS and not self._transcribing:
            self._forget()

    @property
    def _transcribing(self) -> bool:
        return self._transcription is not None and not self._transcription.done()

    # ---------------------------------------------------------------- while it listens

    def _listen_on(self, turn: UserTurn) -> None:
        """Asks the models what the pause means as it grows, and acts on what they said."""
        pause, policy, silence = turn.pause, self._listener.policy, self._silence(turn)
        if silence >= policy.ask_after and not pause.transcribing:
            pause.transcribing = True
            if self._transcription is not None:
                self._transcription.cancel()
            self._transcription = self._tasks.create_task(self._transcribe(turn, pause))
        text = pause.transcript.text if pause.transcript else ""
        if silence >= policy.ask_at(pause.asked) and not pause.asking and policy.wants_advice(text):
            pause.asking = True
            self._tasks.create_task(self._ask(turn, pause))
        self._decide(turn)

    async def _transcribe(self, turn: UserTurn, pause: Pause) -> None:
        try:
            vocabulary = self._listener.vocabulary
            transcript = await self._listener.ears.transcribe(turn.whole(), vocabulary)
        except ModelUnavailable as error:
            self._emit_error(error, recoverable=True)
            transcript = Transcript("", 0.0)
        if self._turn is not turn:
            return
        if turn.pause is not pause:  # the person went on; a caption is still welcome
            self._caption(transcript)
            return
        pause.transcript, pause.transcribed_at = transcript, self._listener.clock()
        self._decide(turn)
        if self._turn is turn and turn.prepared != transcript.text:
            self._caption(transcript)

    async def _ask(self, turn: UserTurn, pause: Pause) -> None:
        try:
            probability = await self._listener.ears.turn_over(turn.whole(), self._silence(turn))
        except ModelUnavailable:
            return  # `asking` stays set: nobody is asked again in this pause
        pause.asked, pause.asking, pause.probability = pause.asked + 1, False, probability
        if self._turn is turn and turn.pause is pause:
            self._decide(turn)

    def _decide(self, turn: UserTurn) -> None:
        pause, policy, silence = turn.pause, self._listener.policy, self._silence(turn)
        if pause.transcript is None or (self._listener.held and not turn.flushed):
            return
        text = pause.transcript.text
        if turn.flushed or policy.over(silence, pause.probability, text):
            self._commit(turn, pause, pause.transcript)
        elif policy.likely(silence, pause.probability, text):
            self._prepare(turn, pause.transcript)

    def _prepare(self, turn: UserTurn, transcript: Transcript) -> None:
        """Starts the answer, once per text: a second time would start it over."""
        if transcript.text and transcript.text != turn.prepared:
            turn.prepared = transcript.text
            self._send(SpeechEventType.PREFLIGHT_TRANSCRIPT, transcript)

    def _commit(self, turn: UserTurn, pause: Pause, transcript: Transcript) -> None:
        self._forget()
        now, ended = self._listener.clock(), self._clock.when(turn.voiced_until)
        listening = turn.cut_in and is_backchannel(words(transcript.text))
        if turn.parted or (transcript.text and not listening):
            self._overlap.learn(turn)
            self._last = None if turn.flushed or turn.parted else turn
            self._listener.observe(marks.SPEECH_ENDED, ended)
            self._listener.observe(marks.TRANSCRIPT_READY, pause.transcribed_at)
            self._listener.observe(marks.TURN_COMMITTED, now)
            if transcript.text:
                self._send(SpeechEventType.FINAL_TRANSCRIPT, transcript)
        self._event_ch.send_nowait(
            SpeechEvent(
                SpeechEventType.END_OF_SPEECH, speech_end_time=time.time() - max(0.0, now - ended)
            )
        )

    def _forget(self) -> None:
        self._turn = None
        self._detector.reset()
        self._prefix.clear()

    def _flush(self) -> None:
        """Ends the turn now, whatever the policy says."""
        if (turn := self._turn) is None:
            return
        turn.flushed = True
        if turn.over_voice:
            self._announce(turn)
        if turn.pause.transcript is not None:
            self._decide(turn)
        elif not turn.pause.transcribing:
            turn.pause.transcribing = True
            self._transcription = self._tasks.create_task(self._transcribe(turn, turn.pause))

    def _silence(self, turn: UserTurn) -> float:
        return (self._position - turn.voiced_until) / RATE

    def _caption(self, transcript: Transcript) -> None:
        if transcript.text:
            self._send(SpeechEventType.INTERIM_TRANSCRIPT, transcript)

    def _send(self, kind: SpeechEventType, transcript: Transcript) -> None:
        self._event_ch.send_nowait(self._listener.event(kind, transcript))
