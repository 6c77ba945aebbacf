import pytest

from agent.speech.voices.text import MAX_PIECE_CHARS, Splitter, clean, pieces, words


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("Yes, of course you can. Come in!", ["Yes, of course you can.", "Come in!"]),
        (
            "We are open today, tomorrow, and on Sunday. Come in!",
            ["We are open today,", "tomorrow, and on Sunday.", "Come in!"],
        ),
        ("Ask Dr. Smith or J. Doe. They know.", ["Ask Dr. Smith or J. Doe.", "They know."]),
        ("It costs 3.50, e.g. for tea. Good?", ["It costs 3.50,", "e.g. for tea.", "Good?"]),
        ("First\nSecond", ["First", "Second"]),
        ('He said "No." Then he left', ['He said "No."', "Then he left"]),
        ("... 😀 !", []),
        ("", []),
    ],
)
def test_the_first_clause_comes_first_then_sentences(text: str, expected: list[str]) -> None:
    assert pieces(text) == expected


def test_text_may_arrive_in_any_portions() -> None:
    text = (
        "We are open today, until 5 p.m. or so. Dr. Smith is in; come at 3.15! Is that right? Yes"
    )
    whole = pieces(text)
    for size in (1, 2, 3, 7):
        splitter = Splitter()
        portions = [text[n : n + size] for n in range(0, len(text), size)]
        said = [piece for portion in portions for piece in splitter.push(portion)]
        assert [*said, *splitter.flush()] == whole


def test_a_piece_is_spoken_as_soon_as_the_next_character_shows_its_end() -> None:
    splitter = Splitter()
    assert list(splitter.push("Of course I can,")) == []
    assert list(splitter.push(" ")) == ["Of course I can,"]
    assert list(splitter.push("and so can you. And")) == ["and so can you."]


def test_an_endless_sentence_is_cut() -> None:
    cut = pieces("word " * 200)
    assert " ".join(cut) == ("word " * 200).strip()
    assert max(map(len, cut)) <= MAX_PIECE_CHARS


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("**Bold** and _soft_ and `code`", "Bold and soft and code"),
        ("see [the map](https://a.b/c) 🙂 now", "see the map now"),
        ("# Title", "Title"),
        ("- item one", "item one"),
        ("2 * 3 is 5*6", "2 * 3 is 5*6"),
        ("snake_case stays", "snake_case stays"),
        ("---", ""),
        ("- [x] done", "done"),
        ("> quoted", "quoted"),
        ("## Title ##", "Title"),
        ("![a cat](cat.png) sits", "a cat sits"),
        ("see <https://a.b/c> or <me@a.b>", "see https://a.b/c or me@a.b"),
        ("<b>bold</b> &amp; more<br/>", "bold & more"),
        ("a < b and c > d", "a < b and c > d"),
        ("proven[1] and [linked][2]", "proven and linked"),
        ("| Day | Hours |", "Day, Hours"),
        ("|---|:--:|", ""),
        ("well done 👍🏽 :-) ❤️ 🇩🇪 1️⃣", "well done 1"),
        ("Visavis™ is 10\u00a0000 strong", "Visavis is 10\u202f000 strong"),
    ],
)
def test_markdown_and_emoji_are_not_spoken(text: str, expected: str) -> None:
    assert clean(text) == expected


CODE = "Here it is:\n```python\nprint('hello. world')\n```\nThat is `all` of it."


def test_blocks_of_code_are_not_spoken() -> None:
    assert pieces(CODE) == ["Here it is:", "That is all of it."]
    for size in (1, 2, 3, 5):
        splitter = Splitter()
        portions = [CODE[n : n + size] for n in range(0, len(CODE), size)]
        said = [piece for portion in portions for piece in splitter.push(portion)]
        assert [*said, *splitter.flush()] == ["Here it is:", "That is all of it."]


def test_a_mark_on_its_own_belongs_to_the_word_before_it() -> None:
    assert [word.written for word in words("Well — yes")] == ["Well —", "yes"]
