"""Symbols of both phoneme sets become the right mouths."""

import pytest

from render.motion.visemes import SHAPES, VISEMES, articulation

MISAKI = (
    ';:,.!?—…"()“” AIOQTWYᵊabcdefhijklmnopqrstuvwxyzɑɐɒæβɔɕçɖðʤəɚɛɜɟɡɥɨɪʝɯɰŋɳɲɴøɸθœ'
    "ɹɾɻʁɽʂʃʈʧʊʋʌɣɤχʎʒʔᵻʣʥʦʨᵝ"
)
ESPEAK = (
    *("aɪ", "aʊ", "ɔɪ", "eɪ", "oʊ", "əʊ", "ɪə", "eə", "ʊə", "tʃ", "dʒ", "ɜː", "ɑːɹ", "ɔːɹ"),
    *("oːɹ", "iː", "uː", "l̩", "n̩", "ɐ̃", "aɪɚ", "aɪə", "ʌ", "ɬ", "t̪"),
)


@pytest.mark.parametrize(
    ("symbol", "visemes", "stress"),
    [
        ("ˈaɪ", ("ah", "ih"), 2),
        ("ˌI", ("ah", "ih"), 1),
        ("oʊ", ("oh", "ou"), 0),
        ("O", ("oh", "ou"), 0),
        ("tʃ", ("sh",), 0),
        ("t͡ʃ", ("sh",), 0),
        ("ʤ", ("sh",), 0),
        ("iː", ("ee",), 0),
        ("ɔːɹ", ("aw", "r"), 0),
        ("l̩", ("l",), 0),
        ("", ("rest",), 0),
        (",", ("rest",), 0),
        ("ˈ", (), 2),
        ("ː", (), 0),
        ("ʰ", (), 0),
    ],
)
def test_reads_symbols(symbol: str, visemes: tuple[str, ...], stress: int) -> None:
    read = articulation(symbol)
    assert (read.visemes, read.stress) == (visemes, stress)


@pytest.mark.parametrize("symbol", [*MISAKI, *ESPEAK])
def test_every_symbol_of_both_sets_is_known(symbol: str) -> None:
    read = articulation(symbol)
    assert read.visemes
    assert read.visemes != ("schwa",) or symbol in "əᵊ"


def test_an_unknown_letter_opens_a_little() -> None:
    assert articulation("☃").visemes == ("rest",)
    assert articulation("ꜳ").visemes == ("schwa",)


def test_vowels_open_more_than_consonants() -> None:
    vowels = [
        v.shape.get("jawOpen", 0) for v in VISEMES.values() if v.vowel and "round" not in v.shape
    ]
    closed = [VISEMES[name].shape["jawOpen"] for name in ("pbm", "fv", "s", "sh", "w")]
    assert min(vowels) > max(closed)


def test_shapes_are_in_range_and_named() -> None:
    for viseme in VISEMES.values():
        assert set(viseme.shape) <= set(SHAPES)
        assert all(0 <= value <= 1 for value in viseme.shape.values())
