"""How feelings change delivery: the style that the model is asked for.

A feeling shows on the face by itself (`render.motion.emotion`); here it makes speech livelier or
more subdued.
"""

from types import MappingProxyType
from typing import Final

from render.motion.emotion import Emotion
from render.motion.neural.contract import Style

_STYLES: Final = MappingProxyType(
    {
        Emotion.HAPPY: Style(jaw=1.05, lips=1.1, liveliness=1.3),
        Emotion.SAD: Style(jaw=0.8, lips=0.85, liveliness=0.55),
        Emotion.SURPRISED: Style(jaw=1.15, lips=1.05, liveliness=1.35),
        Emotion.CONCERNED: Style(jaw=0.92, lips=0.92, liveliness=0.8),
        Emotion.THINKING: Style(jaw=0.9, lips=0.9, liveliness=0.75),
    }
)
"""At full intensity; within what the model was taught."""


def delivery(emotion: Emotion, intensity: float) -> Style | None:
    """Returns how somebody speaks who feels this, at an intensity in [0, 1]; None for no way."""
    full = _STYLES.get(emotion)
    share = min(max(intensity, 0.0), 1.0)
    if full is None or not share:
        return None
    jaw, lips, lively = (1 + share * (f - 1) for f in (full.jaw, full.lips, full.liveliness))
    return Style(jaw, lips, lively)
