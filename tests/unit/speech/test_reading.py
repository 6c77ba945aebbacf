"""How written text is said. The cases are `read_aloud/*.tsv`: what is written, a tab, what is
said, with a bar between the words of the captions.
"""

from pathlib import Path

import pytest

from agent.speech.voices.reading.language import language
from agent.speech.voices.reading.numerals import roman
from agent.speech.voices.text import pieces, words

FOLDER = Path(__file__).parent / "read_aloud"
CASES = [
    (file.stem, *line.split("\t"))
    for file in sorted(FOLDER.glob("*.tsv"))
    for line in file.read_text("utf-8").splitlines()
    if not line.startswith("# ")
]


@pytest.mark.parametrize(("tag", "written", "said"), CASES)
def test_reads_aloud(tag: str, written: str, said: str) -> None:
    result = words(written, tag)
    assert " | ".join(word.spoken for word in result) == said
    assert " ".join(word.written for word in result) == written


def test_spaces_between_thousands_part_no_words() -> None:
    assert [word.spoken for word in words("1 234 567 gens", "fr")] == [
        "un million deux cent trente-quatre mille cinq cent soixante-sept",
        "gens",
    ]


def test_a_language_without_a_table_is_said_as_written() -> None:
    assert [word.spoken for word in words("Costa 9,99 € oggi", "it")] == [
        "Costa",
        "9,99 €",
        "oggi",
    ]


@pytest.mark.parametrize("tag", ["en", "de", "es", "fr"])
def test_every_word_is_said(tag: str) -> None:
    table = language(tag)
    assert table is not None
    assert len(table.months) == 12
    everything = [
        *table.units,
        *table.currencies,
        *table.abbreviations,
        *table.signs,
        "1",
        "x",
        "3.",
    ]
    for first in everything:
        for second in ("5", "Mai", "."):
            said = words(f"{second} {first} {second}", tag)
            assert all(word.spoken.strip() for word in said), (first, second)


@pytest.mark.parametrize(
    ("numeral", "value"),
    [("I", 1), ("IV", 4), ("XIV", 14), ("XL", 40), ("MCMXCIX", 1999), ("IIII", None), ("", None)],
)
def test_roman(numeral: str, value: int | None) -> None:
    assert roman(numeral) == value


@pytest.mark.parametrize(
    ("text", "tag", "expected"),
    [
        ("No. That is it.", "en", ["No.", "That is it."]),
        ("See No. 5. Then go.", "en", ["See No. 5.", "Then go."]),
        ("Open until 5 p.m. on Sunday. Come!", "en", ["Open until 5 p.m. on Sunday.", "Come!"]),
        ("It closes at 5 p.m. Come early!", "en", ["It closes at 5 p.m.", "Come early!"]),
        ("That was in 2024. Now it is over.", "en", ["That was in 2024.", "Now it is over."]),
        ("1. First this. 2. Then that.", "en", ["1. First this.", "2. Then that."]),
        ("Das war am 3. Mai. Heute nicht.", "de", ["Das war am 3. Mai.", "Heute nicht."]),
        ("Das ist z.B. gut. Ja.", "de", ["Das ist z.B. gut.", "Ja."]),
    ],
)
def test_where_sentences_end(text: str, tag: str, expected: list[str]) -> None:
    assert pieces(text, tag) == expected
