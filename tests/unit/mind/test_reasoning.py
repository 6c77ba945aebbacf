"""What a model thinks to itself is never said, however the stream is cut."""

import pytest

from agent.mind.reasoning import ReasoningFilter

THOUGHTS = {
    "<think>The user greets me.</think>Hello.": "Hello.",
    "<think>One.</think>\n\nHello. <think>Two.</think>Bye.": "Hello. Bye.",
    "Thoughts whose opening was left out.</think>Hello.": "Hello.",
    "<think>never closed": "",
    "Hello. <think>never closed": "Hello. ",
    "<|channel|>analysis<|message|>Greet.<|end|><|start|>assistant"
    "<|channel|>final<|message|>Hello.<|return|>": "Hello.",
    "1 < 2, and a <b> is no thought.": "1 < 2, and a <b> is no thought.",
    "Hello.": "Hello.",
    "": "",
}


@pytest.mark.parametrize("size", [1, 2, 3, 7, 1_000])
@pytest.mark.parametrize("text", THOUGHTS)
def test_only_the_answer_is_said(text: str, size: int) -> None:
    reasoning = ReasoningFilter()
    pieces = [text[at : at + size] for at in range(0, len(text), size)]
    said = "".join(map(reasoning.filter_text, pieces)) + reasoning.remaining_text()
    if not text.startswith("Thoughts whose"):
        assert said == THOUGHTS[text]
    else:  # what was said before the mark came cannot be taken back
        assert said.endswith("Hello.")


def test_nothing_is_held_back_that_cannot_be_a_mark() -> None:
    reasoning = ReasoningFilter()
    assert reasoning.filter_text("Hello there") == "Hello there"
    assert reasoning.filter_text(" <") == " "
    assert reasoning.filter_text("3") == "<3"
