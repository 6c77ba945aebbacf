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
    ],
)
def test_markdown_and_emoji_are_not_spoken(text: str, expected: str) -> None:
    assert clean(text) == expected


@pytest.mark.parametrize(
    ("text", "spoken"),
    [
        ("Dr. Jones", "Doctor Jones"),
        ("It costs $9.99.", "It costs 9 dollars and 99 cents."),
        ("£1.01, please", "1 pound and 1 penny, please"),
        ("about $5 million", "about 5 million dollars"),
        ("€20 each", "20 euros each"),
        ("at www.visavis.dev/docs/a-b.", "at visavis dot dev slash docs slash a b."),
        ("(see visavis.org)", "(see visavis dot org)"),
        ("mail me.too@example.com!", "mail me dot too at example dot com!"),
        ("Tom & Ann", "Tom and Ann"),
        ("file.txt is 3.5 MB", "file.txt is 3.5 MB"),
        ("e.g. this, etc.", "for example this, et cetera"),
    ],
)
def test_what_is_written_is_said_sensibly(text: str, spoken: str) -> None:
    assert " ".join(word.spoken for word in words(text)) == spoken
    assert " ".join(word.written for word in words(text)) == text


def test_a_mark_on_its_own_belongs_to_the_word_before_it() -> None:
    assert [word.written for word in words("Well — yes")] == ["Well —", "yes"]
