"""What a language needs to be read aloud: tables from `languages/*.yaml`.

A language without a table is read as it is written; its voice's own phonemiser then says numbers.
"""

from functools import lru_cache
from pathlib import Path

import yaml
from pydantic import BaseModel, ConfigDict

FOLDER = Path(__file__).parent / "languages"


class Language(BaseModel):
    """How one language is read aloud. Words are lower case where they are looked up.

    Attributes:
        id: Two letters; also what num2words calls it.
        decimal: Decimal sign.
        group: Sign between thousands.
        decimals_as_number: "trois virgule quatorze" rather than digit by digit.
        ordinal_suffixes: Make a number an ordinal ("3rd").
        ordinal_stop: A stop makes a number an ordinal ("3. Mai").
        ordinal_inflected_after: After these an ordinal takes the ending -n.
        ordinal_articles: After these it takes none; else that of a date is -r.
        spaced_thousands: Whether spaces stand between thousands.
        money: `{whole}`, `{part}` (with its unit) or `{number}` (without).
        day_first: Whether 3/4 is the third of the fourth month.
        cardinal_days: Days are cardinals, but for `first_day`.
        half_day: Whether the clock is read as twelve hours and half of the day.
        year_after: Words after which four digits are a year.
        year_perhaps_after: Likewise, unless they count what follows.
        year_before: Words that are not counted.
        decades: Whether "1990s" is one.
        digits_after: Words after which a number is said digit by digit.
        version_after: Words after which 3.11 is a version.
        regnal_after: Names whose Roman numeral is read as `regnal`.
        counted_after: Nouns whose Roman numeral is a cardinal.
        before_ordinal: Nouns before which a Roman numeral is an ordinal.
        before_number: Abbreviations that hold only before a number.
        after_name: Abbreviations that mean something else after a name.
        titles: Abbreviations that never end a sentence.
        maybe_final: Abbreviations that end one if a capital follows.
        half_days: How the halves of the day are said.
        oclock: Follows the hour; `one_oclock` is the first one.
        hour_letter: Stands between hour and minute.
        currencies: One and many of the whole, one and many of the part.
        units: One and many; one holds the number word.
        signs: Between numbers; prefixes and suffixes: at a number.
    """

    model_config = ConfigDict(extra="forbid", frozen=True)

    id: str
    decimal: str
    group: str
    minus: str
    point: str
    decimals_as_number: bool = False
    ordinal_suffixes: tuple[str, ...] = ()
    ordinal_stop: bool = False
    ordinal_inflected_after: frozenset[str] = frozenset()
    ordinal_articles: frozenset[str] = frozenset()
    spaced_thousands: bool = False
    range: str
    and_: str
    percent: str
    money: str
    day_first: bool
    cardinal_days: bool = False
    first_day: str | None = None
    half_day: bool = False
    date: str
    date_short: str
    day_before_month: str | None = None
    months: tuple[str, ...]
    month_abbreviations: dict[str, int]
    day_abbreviations: dict[str, str]
    year_after: frozenset[str] = frozenset()
    year_perhaps_after: frozenset[str] = frozenset()
    year_before: frozenset[str] = frozenset()
    digits_after: frozenset[str]
    code_words: frozenset[str] = frozenset()
    year_verbs: frozenset[str] = frozenset()
    events: frozenset[str] = frozenset()
    parted: frozenset[str] = frozenset()
    foot: str = ""
    closed: frozenset[str] = frozenset()
    version_after: frozenset[str]
    regnal_after: frozenset[str]
    counted_after: frozenset[str]
    before_ordinal: frozenset[str] = frozenset()
    regnal: str
    scales: frozenset[str]
    scale_letters: dict[str, str]
    abbreviations: dict[str, str]
    before_number: dict[str, str]
    after_name: dict[str, str] = {}
    titles: frozenset[str]
    maybe_final: frozenset[str]
    half_days: dict[str, str] = {}
    oclock: str | None = None
    one_oclock: str | None = None
    hour_letter: str | None = None
    oh: str = ""
    currencies: dict[str, tuple[str, str, str, str]]
    units: dict[str, tuple[str, str]]
    signs: dict[str, str]
    prefixes: dict[str, str]
    suffixes: dict[str, str]
    fractions: dict[str, str]
    whole_and_fraction: str
    half_after_whole: dict[str, str] = {}
    ratio: str
    by: str
    squared: dict[str, str]
    power: str
    version: str
    dot: str
    at: str
    slash: str
    dash: str
    hashtag: str
    decades: bool = False

    def names(self, mark: str) -> bool:
        """Whether a mark without letters or digits is said."""
        tables = (self.signs, self.units, self.currencies, self.abbreviations)
        return any(mark in table for table in tables)


@lru_cache(maxsize=32)
def language(tag: str) -> Language | None:
    """Returns the table of a BCP 47 tag's language, or None if there is none."""
    name = tag.split("-")[0].split("_")[0].lower()
    file = FOLDER / f"{name}.yaml"
    if not name.isalpha() or not file.is_file():
        return None
    fields = yaml.safe_load(file.read_text("utf-8"))
    return Language(id=name, and_=fields.pop("and"), **fields)
