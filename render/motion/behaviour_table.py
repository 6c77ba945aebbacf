"""How far, how often and for how long a face moves of itself: the numbers of `Behaviour`.

They are taste, checked by eye; a unit stands with each. Angles are degrees, shapes lie in [0, 1],
chances in [0, 1], times are seconds.
"""

from render.motion.gesture import Stroke

NOD_DEGREES = (2.2, 3.4)
"""How far a nod goes down, least and most."""
NOD = Stroke("pitch", -1.0, attack=0.20, release=0.30)
SECOND_NOD = Stroke("pitch", -0.6, attack=0.18, release=0.28, delay=0.42)
SECOND_NOD_CHANCE = 0.6
PAUSE_BLINK_CHANCE = 0.6
SACCADE_BLINK_CHANCE = 0.3
"""Of a blink where speech pauses, and with a large saccade."""
BEAT_SIZES = (0.7, 1.3)
"""Factor on the strength of an accent, least and most."""
HEAD_BEAT_CHANCE = (0.3, 0.5)
BROW_BEAT_CHANCE = (0.08, 0.32)
"""Of a beat of head and brows: at the weakest accent, and what the strongest adds."""
PITCH_BEAT = Stroke("pitch", -2.3, attack=0.14, hold=0.03, release=0.34)
YAW_BEAT = Stroke("yaw", 0.7, attack=0.20, release=0.45)
"""Degrees; of yaw the standard deviation."""
BROW_RAISED = (0.16, 0.36)
"""How far a beat raises the brows, least and most, at the strongest accent."""
BROW_FLOOR = 0.5
"""Share of it at the weakest accent."""
INNER_BROW_BEAT = Stroke("browInnerUp", 1.0, attack=0.13, hold=0.10, release=0.32)
OUTER_BROW_BEAT = Stroke("browOuterUp", 0.9, attack=0.13, hold=0.10, release=0.32)
FIRST_PRESS_SECONDS = 6.0
PRESS_SECONDS = (7.0, 20.0)
"""Until who does not speak presses the lips again, least and most."""
PRESS_SIZE = (0.10, 0.22)
PRESS = Stroke("press", 1.0, attack=0.25, hold=0.2, release=0.4)
BREATH_DEGREES, BREATH_MIDDLE = 0.35, 0.4
"""How far the head rises with a full breath, and the breath at which it is level."""
ASYMMETRY = 0.08
"""How much more or less than the other a side of the face may take."""
WINK_CHEEK, WINK_SQUINT, WINK_SMILE = 0.6, 0.3, 0.22
"""What a closed wink adds to cheek, lower lid and corner of the mouth on its side."""
LOOK_YAW, LOOK_PITCH = 6.0, 2.5
"""Degrees the head follows a look to the edge, sideways and up."""
SWAY_BY_ENERGY = 1.5
"""How much more a head sways in loud speech, as a factor above 1."""
MELODY_INNER, MELODY_OUTER, MELODY_PITCH = 0.07, 0.05, 0.5
"""What the highest melody adds to inner and outer brows, and in degrees to the head."""
MELODY_SEMITONES = 6.0
"""Above the speaker's middle, at which melody is at its highest."""
