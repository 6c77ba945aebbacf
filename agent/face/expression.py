"""What a face shows besides speech: the answer's tags on their words, moods, a thinking look.

Time is counted in frames of the media clock.
"""

from itertools import accumulate

from agent.events import ClientEvent, GestureEvent, LookAtEvent, SetEmotionEvent
from agent.mind.persona.cues import GESTURE_TAGS, Cue, CueSheet, Feel, letters
from render.clock import FRAME_SECONDS
from render.motion import gesture
from render.motion.emotion import Emotion
from render.motion.performer import Performer
from render.types import Attitude, AVUnit

THINKING_FRAMES = 13
"""Frames, about half a second, after which an answer is slow enough to be seen thinking about."""
CALM = Feel(Emotion.NEUTRAL)


class Expression:
    """Directs one performer.

    Args:
        performer: Whose face.
        base: What is felt unless an answer says otherwise.
    """

    def __init__(self, performer: Performer, base: Feel = CALM) -> None:
        self._performer = performer
        self._base = base
        self._shown = CALM
        self._sheets: dict[int, CueSheet] = {}
        self._done = 0
        self._thinking: int | None = None
        self._show(base)

    def handle_event(self, event: ClientEvent) -> None:
        """Does what the client wants of the face, if the event wants anything of it."""
        if isinstance(event, SetEmotionEvent):
            self.set_feeling(Feel(Emotion(event.emotion), event.intensity))
        elif isinstance(event, GestureEvent):
            self._performer.gesture(GESTURE_TAGS[event.name])
        elif isinstance(event, LookAtEvent):
            self._performer.gesture(gesture.LookAt(event.x, event.y, event.seconds))

    def set_feeling(self, feeling: Feel) -> None:
        """Feels something from now on, until told otherwise; an answer's tags go before."""
        self._base = feeling
        self._show(feeling)

    def set_attitude(self, attitude: Attitude) -> None:
        """Takes on an attitude; thinking shows only if it lasts."""
        if attitude is Attitude.THINKING:
            self._thinking = 0
            return
        self._thinking = None
        self._performer.set_attitude(attitude)

    def on_cues(self, segment: int, sheet: CueSheet) -> None:
        """Takes the tags of a segment that will be spoken."""
        self._sheets[segment] = sheet

    def on_speech_cut(self) -> None:
        """The answer was cut short, and what was felt with it."""
        self._sheets.clear()
        self._done = 0
        self._show(self._base)

    def perform_unit(self, unit: AVUnit) -> None:
        """Looks at a frame that leaves; what is due moves the face from the next one on."""
        self._think()
        if unit.segment:
            self._perform(unit)
        if unit.ended is not None:
            self._finish(unit.segment)

    def _think(self) -> None:
        if self._thinking is None:
            return
        self._thinking += 1
        if self._thinking == THINKING_FRAMES:
            self._performer.set_attitude(Attitude.THINKING)

    def _perform(self, unit: AVUnit) -> None:
        sheet = self._sheets.get(unit.segment)
        if sheet is None or unit.ended is not None:
            return
        words = self._performer.words
        before = [0, *accumulate(letters(word.text) for word in words)]
        for offset, cue in sheet.cues[self._done :]:
            index = next((at for at in range(len(words)) if before[at] >= offset), None)
            if index is None and words and sheet.complete and before[-1] >= sheet.letters:
                index = len(words) - 1  # a tag at the very end goes with the last word
            if index is None or words[index].start >= unit.position + FRAME_SECONDS:
                return
            self._done += 1
            self._act(cue)

    def _finish(self, segment: int) -> None:
        """The answer is over: its tags end."""
        sheet = self._sheets.pop(segment, None)
        for _, cue in sheet.cues[self._done :] if sheet else ():
            if not isinstance(cue, Feel):
                self._act(cue)
        self._done = 0
        self._show(self._base)

    def _act(self, cue: Cue) -> None:
        if isinstance(cue, Feel):
            self._show(cue)
        else:
            self._performer.gesture(cue)

    def _show(self, feeling: Feel) -> None:
        if feeling != self._shown:
            self._shown = feeling
            self._performer.set_emotion(feeling.emotion, feeling.intensity)
