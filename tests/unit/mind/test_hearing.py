import pytest

from agent.mind.persona.persona import ProperName
from agent.mind.retrieval.hearing import Hearing, sound

NAMES = [ProperName(name="Visavis", heard=("visa viz", "visa v", "vis a vis"))]
TEXTS = [
    "Is the museum wheelchair accessible?",
    "How much are the tickets?",
    "Do I need a GPU or an MP4?",
    "The ship's bell comes from the Marigold.",
    "How do I install it?",
    "Is there an audio guide?",
    "Is there a café at the harbour?",
]
PLAIN = "the wheel chair able tick its merry gold in stall how do you is there an my need out one"
COMMON = frozenset(f"{PLAIN} a sweater lens weigh head of along be".split(" "))


@pytest.fixture
def hearing() -> Hearing:
    return Hearing(NAMES, TEXTS, common=COMMON)


@pytest.mark.parametrize(
    ("heard", "meant"),
    [
        ("what is visa viz", "what is Visavis"),
        ("what is vis-a-vis?", "what is Visavis?"),
        ("how much are the tick its", "how much are the tickets"),
        ("is it excess able", "is it accessible"),
        ("the merry gold", "the marigold"),
        ("how do you in stall it", "how do you install it"),
        ("do I need a gee pee you", "do I need a GPU"),
        ("an em pee four", "an MP4"),
        ("is there an odio guide", "is there an audio guide"),
        ("is there a cafe at the harbor?", "is there a café at the harbour?"),
    ],
)
def test_repairs(hearing: Hearing, heard: str, meant: str) -> None:
    assert hearing.repair(heard) == meant


@pytest.mark.parametrize(
    "said", ["how much does the lens weigh", "I knit a sweater", "who is the head of it", ""]
)
def test_leaves_common_words_alone(hearing: Hearing, said: str) -> None:
    assert hearing.repair(said) == said


def test_mask_hides_names_only(hearing: Hearing) -> None:
    assert hearing.mask("Does Visavis run here?") == "Does it run here?"


def test_words_that_sound_alike_share_a_key() -> None:
    assert sound("excessable") == sound("accessible")
    assert sound("liesense") == sound("licence")
    assert sound("lens") != sound("lamps")
