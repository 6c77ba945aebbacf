"""What a persona knows: Markdown in which one bullet is one fact.

    ## Tickets
    - A ticket for an adult is twelve euros.
      Q: How much is a ticket? / What does it cost to get in?

Questions that stand under no bullet of their section are known gaps: questions near the subject
that no fact answers.
"""

from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path

from agent.mind.persona.persona import BadPersona

_LONGEST_FACT_WORDS = 30
MOST_FACTS = 2_000
"""Of one persona: each costs some 10 ms when it is new, and every question is compared with all."""


@dataclass(frozen=True, slots=True)
class Fact:
    """One fact.

    Attributes:
        section: The heading it stands under.
        text: One or two sentences that can be said as they stand.
        questions: Ways to ask for it.
    """

    section: str
    text: str
    questions: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Knowledge:
    """All facts of a persona in the order of its files, and the questions none of them answers."""

    facts: tuple[Fact, ...]
    gaps: tuple[str, ...]

    def adjacent(self, one: int, other: int) -> bool:
        """Whether two facts are neighbours under the same heading."""
        same = self.facts[one].section == self.facts[other].section
        return same and abs(one - other) == 1


def load_knowledge(files: Iterable[Path]) -> Knowledge:
    """Reads knowledge files.

    Raises:
        BadPersona: A file is missing, is no text, holds no fact or too many, a bullet outside a
            section, or a fact too long to say.
    """
    facts: list[Fact] = []
    gaps: list[str] = []
    for file in files:
        if not file.is_file():
            raise BadPersona(file, "", "the file is missing")
        before = len(facts) + len(gaps)
        try:
            _parse(file, facts, gaps)
        except UnicodeDecodeError:
            raise BadPersona(file, "", "the file is no UTF-8 text") from None
        if len(facts) + len(gaps) == before:
            raise BadPersona(file, "", 'no fact in it; write each as a bullet ("- …") under "## …"')
        if len(facts) > MOST_FACTS:
            raise BadPersona(file, "", f"more than {MOST_FACTS} facts; spread them over personas")
    return Knowledge(tuple(facts), tuple(gaps))


def _parse(file: Path, facts: list[Fact], gaps: list[str]) -> None:
    section, open_fact = "", False
    for number, raw in enumerate(file.read_text("utf-8").splitlines(), 1):
        line = raw.strip()
        if line.startswith("## "):
            section, open_fact = line[3:].strip(), False
        elif line.startswith("- "):
            facts.append(Fact(section, _checked(line[2:].strip(), section, file, number), ()))
            open_fact = True
        elif line.startswith("Q:"):
            questions = tuple(part.strip() for part in line[2:].split(" / ") if part.strip())
            if open_fact:
                last = facts[-1]
                facts[-1] = Fact(last.section, last.text, last.questions + questions)
            else:
                gaps.extend(questions)


def _checked(text: str, section: str, file: Path, number: int) -> str:
    if not section:
        raise BadPersona(file, f"line {number}", "a fact must stand under a heading")
    if len(text.split()) > _LONGEST_FACT_WORDS:
        raise BadPersona(file, f"line {number}", f"longer than {_LONGEST_FACT_WORDS} words")
    return text
