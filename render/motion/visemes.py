"""Which mouth belongs to which phoneme: IPA symbols to visemes, visemes to shapes.

Two symbol sets are understood, and their mixture: the one of misaki, Kokoro and hibari (`A I O W Y`
for diphthongs, `ʤ ʧ`, `ᵊ ᵻ T`) and the IPA of espeak and Piper (`eɪ aɪ oʊ`, `dʒ tʃ`, length and
syllabic marks).

The shapes and the strengths follow what is known of visible speech: lips must meet for P B M, the
lip must reach the teeth for F V, the jaw must nearly close for sibilants; rounded sounds own the
lips and reach far into their neighbours; tongue sounds (T D N L K G NG) leave the lips to the
vowels around them, and H has no shape of its own (Cohen and Massaro, "Modeling coarticulation in
synthetic visual speech", 1993; Edwards et al., "JALI", 2016).
"""

import unicodedata
from collections.abc import Mapping
from dataclasses import dataclass, field
from functools import lru_cache
from types import MappingProxyType

SHAPES: tuple[str, ...] = (
    "jawOpen",
    "mouthLowerDown", "mouthUpperUp", "mouthPress", "mouthRollLower", "mouthRollUpper",
    "mouthStretch", "mouthSmile",
    "mouthFunnel", "mouthPucker", "round",
    "tongueUp",
    "seal", "tuck",
)  # fmt: skip
"""What a viseme sets. Names without a side stand for both sides."""

GESTURES: tuple[str, ...] = ("jaw", "lips", "spread", "rounding", "tongue")
"""Groups of shapes that move together, each with its own dominance. `seal` and `tuck` are in
none: they are closures, reached fully whatever surrounds them."""

SHAPE_GESTURE: tuple[str, ...] = (
    "jaw",
    "lips", "lips", "lips", "lips", "lips",
    "spread", "spread",
    "rounding", "rounding", "rounding",
    "tongue",
)  # fmt: skip
"""The gesture of each of `SHAPES` but the two closures."""


@dataclass(frozen=True, slots=True)
class Viseme:
    """A mouth shape and how strongly it holds against its neighbours.

    Attributes:
        shape: Values in [0, 1] of some of `SHAPES`; the others are at rest.
        dominance: One strength per gesture of `GESTURES`; 1 is a plain vowel's, 0 leaves the
            gesture to the neighbours.
        reach: Factor on how early the shape is prepared and how long it lingers.
        vowel: Whether stress opens it wider.
    """

    shape: MappingProxyType[str, float]
    dominance: tuple[float, float, float, float, float]
    reach: float = 1.0
    vowel: bool = False


@dataclass(frozen=True, slots=True)
class Articulation:
    """What a phone asks of the mouth.

    Attributes:
        visemes: Names in order; two or three for diphthongs; empty for a lone stress or length
            mark, which belongs to its neighbour.
        stress: 2 primary, 1 secondary, 0 none.
    """

    visemes: tuple[str, ...] = field(default=())
    stress: int = 0


def _shape(
    jaw: float,
    lower: float = 0.0,
    upper: float = 0.0,
    spread: tuple[float, float] = (0.0, 0.0),
    rounding: tuple[float, float, float] = (0.0, 0.0, 0.0),
    tongue: float = 0.0,
    closure: Mapping[str, float] = MappingProxyType({}),
) -> MappingProxyType[str, float]:
    """`spread` is (stretch, smile), `rounding` is (funnel, pucker, round)."""
    values = {"jawOpen": jaw, "mouthLowerDown": lower, "mouthUpperUp": upper, "tongueUp": tongue}
    values |= closure
    values |= dict(zip(("mouthStretch", "mouthSmile"), spread, strict=True))
    values |= dict(zip(("mouthFunnel", "mouthPucker", "round"), rounding, strict=True))
    return MappingProxyType({name: value for name, value in values.items() if value})


def _vowel(
    shape: MappingProxyType[str, float], strength: float = 1.0, rounding: float | None = None
) -> Viseme:
    own = strength if rounding is None else rounding
    reach = 1.25 if "round" in shape else 1.0
    return Viseme(shape, (strength, strength, strength, own, strength), reach, vowel=True)


REST = "rest"
_CLOSED = {"mouthPress": 0.14, "mouthRollLower": 0.2, "mouthRollUpper": 0.16, "seal": 1.0}

VISEMES: MappingProxyType[str, Viseme] = MappingProxyType(
    {
        REST: Viseme(_shape(0.0), (1, 1, 1, 1, 1)),
        # vowels
        "ah": _vowel(_shape(0.29, 0.30, 0.22, (0.06, 0.0))),  # father
        "ae": _vowel(_shape(0.26, 0.38, 0.31, (0.24, 0.05))),  # cat
        "uh": _vowel(_shape(0.19, 0.29, 0.23, (0.06, 0.0)), 0.9),  # cup
        "schwa": _vowel(_shape(0.105, 0.24, 0.19, (0.08, 0.0)), 0.5, rounding=0.35),
        "aw": _vowel(_shape(0.22, 0.20, 0.13, rounding=(0.34, 0.38, 0.7))),  # law
        "oh": _vowel(_shape(0.14, 0.12, 0.09, rounding=(0.34, 0.66, 1.0)), 1.1),  # go, first part
        "ou": _vowel(_shape(0.085, 0.12, 0.09, rounding=(0.28, 0.58, 0.75)), 0.9),  # book
        "oo": _vowel(_shape(0.05, 0.05, 0.03, rounding=(0.28, 1.0, 1.0)), 1.2),  # blue
        "eh": _vowel(_shape(0.155, 0.37, 0.30, (0.27, 0.08))),  # bed
        "ey": _vowel(_shape(0.13, 0.43, 0.36, (0.33, 0.14))),  # day, first part
        "ih": _vowel(_shape(0.105, 0.38, 0.31, (0.25, 0.11)), 0.85),  # bit
        "ee": _vowel(_shape(0.09, 0.48, 0.39, (0.40, 0.24)), 1.1),  # see
        "er": _vowel(_shape(0.11, 0.26, 0.20, rounding=(0.40, 0.26, 0.4)), 0.9),  # bird
        "ue": _vowel(_shape(0.08, 0.12, 0.10, rounding=(0.35, 0.85, 0.9)), 1.1),  # French tu
        # lips
        "pbm": Viseme(_shape(0.04, closure=_CLOSED), (1.3, 1.6, 0.5, 0.12, 0.3)),
        "fv": Viseme(_shape(0.06, 0.0, 0.46, closure={"tuck": 1.0}), (1.3, 1.5, 0.5, 0.6, 0.5)),
        "w": Viseme(
            _shape(0.04, 0.03, 0.02, rounding=(0.28, 1.0, 1.0)), (1, 1.3, 1.4, 1.9, 0.5), 1.3
        ),
        # rounded consonants
        "r": Viseme(
            _shape(0.11, 0.22, 0.16, rounding=(0.46, 0.40, 0.5)), (0.7, 0.6, 0.8, 0.9, 0.6), 1.1
        ),
        "sh": Viseme(
            _shape(0.05, 0.34, 0.30, rounding=(0.62, 0.34, 0.6)), (2.0, 1.2, 1.0, 1.4, 1.0), 1.1
        ),
        # teeth and tongue
        "s": Viseme(_shape(0.05, 0.44, 0.33, (0.28, 0.08)), (2.2, 1.0, 0.6, 0.35, 1.0)),
        "th": Viseme(_shape(0.12, 0.36, 0.28, (0.1, 0.0), tongue=1.0), (1.1, 0.9, 0.4, 0.5, 1.6)),
        "td": Viseme(
            _shape(0.09, 0.34, 0.25, (0.12, 0.0), tongue=0.45), (1.2, 0.3, 0.15, 0.12, 1.2)
        ),
        "l": Viseme(_shape(0.10, 0.31, 0.25, (0.06, 0.0), tongue=0.9), (0.6, 0.35, 0.2, 0.15, 1.6)),
        "kg": Viseme(_shape(0.11, 0.28, 0.21, (0.08, 0.0)), (0.35, 0.15, 0.1, 0.08, 0.8)),
        "y": Viseme(_shape(0.08, 0.42, 0.34, (0.34, 0.18)), (0.6, 0.6, 0.6, 0.5, 1.0)),
        "h": Viseme(_shape(0.09, 0.22, 0.18), (0.08, 0.06, 0.05, 0.05, 0.1)),
    }
)
"""All visemes by name."""

UNKNOWN = ("schwa",)
"""What a symbol nobody listed looks like: a small, yielding opening."""

_VISEME_SYMBOLS: dict[str, str] = {
    "ah": "ɑ a ɐ̯ ä ɶ",
    "ae": "æ",
    "uh": "ʌ ɐ",
    "schwa": "ə ᵊ ɘ ɵ",
    "aw": "ɔ ɒ",
    "oh": "o",
    "ou": "ʊ ɤ",
    "oo": "u ɯ ʉ",
    "eh": "ɛ",
    "ey": "e",
    "ih": "ɪ ᵻ ɨ ᶦ",
    "ee": "i",
    "er": "ɜ ɚ ɝ ɞ",
    "ue": "y ʏ ø œ ɥ",
    "pbm": "p b m ɓ",
    "fv": "f v ɱ ʋ pf bv",
    "w": "w ʍ ɸ β ᵝ",
    "r": "ɹ r ɻ ɺ",
    "sh": "ʃ ʒ ʧ ʤ tʃ dʒ ɕ ʑ tɕ dʑ ʂ ʐ tʂ dʐ ʨ ʥ",
    "s": "s z ts dz ʦ ʣ",
    "th": "θ ð",
    "td": "t d n ɾ T ɖ ʈ ɳ ɗ ᵗ",
    "l": "l ɫ ɬ ɮ ʎ ɭ ɽ",
    "kg": "k g ɡ ŋ ɟ c ɣ x χ ɰ q ɢ ʁ ʀ ɴ ɲ ʟ ɠ",
    "y": "j ç ʝ",
    "h": "h ɦ ħ ʕ ʔ ʜ",
}
_SEQUENCES: dict[str, tuple[str, ...]] = {
    "A": ("ey", "ih"),
    "I": ("ah", "ih"),
    "W": ("ah", "ou"),
    "Y": ("aw", "ih"),
    "O": ("oh", "ou"),
    "Q": ("schwa", "ou"),
    "ɒ̃": ("aw",),
}
_SYMBOLS: dict[str, tuple[str, ...]] = {
    symbol: (viseme,) for viseme, symbols in _VISEME_SYMBOLS.items() for symbol in symbols.split()
} | _SEQUENCES
_LONGEST = max(len(symbol) for symbol in _SYMBOLS)
_STRESS = {"ˈ": 2, "'": 2, "ˌ": 1}
_SILENCE_CATEGORIES = ("P", "Z", "C", "S")
_MARK_CATEGORIES = ("Lm", "Mn", "Sk")


@lru_cache(maxsize=4096)
def articulation(symbol: str) -> Articulation:
    """Reads a phoneme symbol.

    Args:
        symbol: IPA with stress, length and other marks, or several letters ("ˈaɪ", "tʃ", "ɔːɹ");
            "" and punctuation are silence.

    Returns:
        Its visemes, neighbours that are equal merged; `UNKNOWN` for letters nobody listed.
    """
    stress = max((_STRESS.get(character, 0) for character in symbol), default=0)
    text = "".join(c for c in symbol if c not in _STRESS).replace("͡", "")
    text = "".join(c if c in _SYMBOLS else unicodedata.normalize("NFD", c) for c in text)
    visemes: list[str] = []
    at, marks = 0, stress > 0
    while at < len(text):
        length, found = _longest_symbol(text, at)
        category = unicodedata.category(text[at])
        if found:
            visemes += found
        elif category in _MARK_CATEGORIES:
            marks = True
        elif not category.startswith(_SILENCE_CATEGORIES):
            visemes += UNKNOWN
        at += length
    if not visemes:
        return Articulation((), stress) if marks else Articulation((REST,), 0)
    merged = [v for i, v in enumerate(visemes) if i == 0 or v != visemes[i - 1]]
    return Articulation(tuple(merged), stress)


def _longest_symbol(text: str, at: int) -> tuple[int, tuple[str, ...]]:
    for length in range(min(_LONGEST, len(text) - at), 0, -1):
        found = _SYMBOLS.get(text[at : at + length])
        if found:
            return length, found
    return 1, ()
