"""Tags in answers: found however they are cut, and everything else left alone."""

from collections.abc import AsyncIterator

import pytest

from agent.mind.persona.cues import Cue, CueFilter, CueSheet, Feel, leading, plain
from render.motion.emotion import Emotion
from render.motion.gesture import Nod, RaiseBrows, Shake, Tilt, Wink

HAPPY = Feel(Emotion.HAPPY)


def parted(*pieces: str) -> tuple[str, list[Cue]]:
    parts = CueFilter()
    found = [part for piece in pieces for part in parts.filter_text(piece)]
    found += parts.remaining_text()
    text = "".join(part for part in found if isinstance(part, str))
    return text, [part for part in found if not isinstance(part, str)]


@pytest.mark.parametrize(
    ("tag", "cue"),
    [
        ("[happy]", HAPPY),
        ("[Sad]", Feel(Emotion.SAD)),
        ("[surprised:0.6]", Feel(Emotion.SURPRISED, 0.6)),
        ("[concerned: .5]", Feel(Emotion.CONCERNED, 0.5)),
        ("[thinking:3]", Feel(Emotion.THINKING, 1.0)),
        ("[ neutral ]", Feel(Emotion.NEUTRAL)),
        ("[nod]", Nod()),
        ("[shake]", Shake()),
        ("[wink]", Wink()),
        ("[brows]", RaiseBrows()),
        ("[tilt]", Tilt()),
    ],
)
def test_a_tag_is_taken_out_of_the_text(tag: str, cue: Cue) -> None:
    assert parted(f"Well, {tag} that is so.") == ("Well, that is so.", [cue])


@pytest.mark.parametrize(
    "text",
    [
        "See [1] and [sic], or a[i].",
        "The list is [happy birthday, sad].",
        "[happy",
        "An open [",
        "[nod:0.5] is no gesture.",
        "[link](https://example.org)",
        "[furious] is not known.",
    ],
)
def test_other_brackets_are_text_however_they_are_cut(text: str) -> None:
    assert parted(text) == (text, [])
    assert parted(*text) == (text, [])


def test_a_tag_may_be_cut_anywhere() -> None:
    text = "[happy:0.6] Hello! [nod] Yes, that's[wink] right. [sad]"
    whole = parted(text)
    assert whole[0] == "Hello! Yes, that's right. "
    assert len(whole[1]) == 4
    assert parted(*text) == whole
    for at in range(len(text)):
        assert parted(text[:at], text[at:]) == whole


def test_text_is_not_held_back_longer_than_it_may_be_a_tag() -> None:
    parts = CueFilter()
    assert list(parts.filter_text("Hello [")) == ["Hello"]
    assert list(parts.filter_text("hap")) == []
    assert list(parts.filter_text("hazard] there")) == [" [haphazard] there"]


@pytest.mark.parametrize("tagged", ["Well [nod], yes", "Well [nod] , yes", "Well[nod] , yes"])
def test_no_space_is_left_before_a_comma(tagged: str) -> None:
    assert parted(tagged)[0] == "Well, yes"
    for at in range(len(tagged)):
        assert parted(tagged[:at], tagged[at:])[0] == "Well, yes"


def test_plain_and_leading() -> None:
    assert plain("[happy] Hi, [nod] you.") == "Hi, you."
    assert leading("[happy:0.4][nod] Hi, [wink] you.") == "[happy:0.4][nod] "
    assert leading("Hi, [wink] you.") == ""


async def test_a_sheet_knows_how_many_letters_stand_before_each_tag() -> None:
    async def pieces() -> AsyncIterator[str]:
        for piece in ("[hap", "py] It's 9:30, ", "[nod]yes. ", "[sad]"):
            yield piece

    sheet = CueSheet()
    assert "".join([text async for text in sheet.strip(pieces())]) == "It's 9:30, yes. "
    assert sheet.cues == [(0, HAPPY), (6, Nod()), (9, Feel(Emotion.SAD))]
    assert (sheet.letters, sheet.complete) == (9, True)
