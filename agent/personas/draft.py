"""What people fill in to make a persona, checked field by field.

A draft holds less than a persona file may: nothing in it names a file, and nothing in it is a
template of code.
"""

import re
import unicodedata
from typing import Annotated, Any

from pydantic import AfterValidator, BaseModel, ConfigDict, Field, ValidationError, field_validator

from agent.errors import InvalidFields
from agent.mind.persona.persona import LONGEST_QUESTION, MOST_QUESTIONS
from agent.mind.persona.variables import BUILT_IN, MAX_CHARS, NAME
from render.motion.emotion import Emotion

MAX_KNOWLEDGE_CHARS = 100_000
"""Characters; the museum's knowledge has 37,000."""
MAX_VARIABLES = 16
SAYS_SO = re.compile(
    r"\b(a\.?i|k\.?i|i\.?a|artificial|artificiel\w*|künstlich\w*|computers?|program\w*|generat\w*"
    r"|generiert\w*|erzeugt\w*|génér\w*|ordinateur|synthetic|synthétique|not a real person"
    r"|keine? echte)\b",
    re.IGNORECASE,
)
"""Words of which a disclosure holds one, in the languages we know them of."""
KNOWN_LANGUAGES = ("en", "de", "fr")
MESSAGES = {
    "missing": "This is needed.",
    "string_too_short": "This is needed.",
    "string_too_long": "At most {max_length} characters, please.",
    "extra_forbidden": "There is no such field.",
    "too_long": "At most {max_length} characters, please.",
}
"""What is said of a field, by pydantic's type of error; others say what they say themselves."""


def _line(text: str) -> str:
    """Returns a text as one line, normalised."""
    return _shown(" ".join(text.split()))


def _paragraphs(text: str) -> str:
    """Returns a text of several lines, normalised."""
    lines = [_shown(line.replace("\t", " ").rstrip()) for line in text.splitlines()]
    return "\n".join(lines).strip()


def _shown(text: str) -> str:
    normal = unicodedata.normalize("NFC", text)
    if not normal.isprintable():
        raise ValueError("This holds characters that cannot be shown.")
    return normal


def _needed(text: str) -> str:
    if not text:
        raise ValueError("This is needed.")
    return text


Line = Annotated[str, AfterValidator(_line), AfterValidator(_needed)]
Paragraphs = Annotated[str, AfterValidator(_paragraphs), AfterValidator(_needed)]


class PersonaDraft(BaseModel):
    """A persona as people fill it in; `Persona` says what the fields mean.

    Attributes:
        knowledge: The text of its knowledge, not the name of a file.
    """

    model_config = ConfigDict(extra="forbid", frozen=True)

    name: Annotated[Line, Field(max_length=40)]
    avatar: Annotated[str, Field(max_length=64)]
    voice: Annotated[Line, Field(max_length=64)]
    language: Annotated[str, Field(max_length=35)]
    greeting: Annotated[Line, Field(max_length=600)]
    disclosure: Annotated[Line, Field(max_length=300)]
    style: Annotated[Line, Field(max_length=160)]
    topics: Annotated[Line, Field(max_length=300)]
    prompt: Annotated[Paragraphs, Field(max_length=6_000)]
    knowledge: Annotated[Paragraphs, Field(max_length=MAX_KNOWLEDGE_CHARS)]
    questions: tuple[Annotated[Line, Field(max_length=LONGEST_QUESTION)], ...] = ()
    variables: dict[str, str | None] = {}
    emotion: Emotion | None = None
    intensity: Annotated[float | None, Field(ge=0, le=1, allow_inf_nan=False)] = None

    @field_validator("avatar")
    @classmethod
    def _an_id(cls, avatar: str) -> str:
        if not re.fullmatch(r"[a-z0-9]{1,64}", avatar):
            raise ValueError("Please choose a face.")
        return avatar

    @field_validator("language")
    @classmethod
    def _a_tag(cls, language: str) -> str:
        if not re.fullmatch(r"[a-z]{2,3}(-[A-Za-z0-9]{2,8})*", language):
            raise ValueError("Please choose a language.")
        return language

    @field_validator("name", "topics", "style")
    @classmethod
    def _no_braces(cls, text: str) -> str:
        if re.search(r"[{}]", text):
            raise ValueError("Braces cannot stand here.")
        return text

    @field_validator("questions")
    @classmethod
    def _few(cls, questions: tuple[str, ...]) -> tuple[str, ...]:
        if len(questions) > MOST_QUESTIONS:
            raise ValueError(f"At most {MOST_QUESTIONS} questions, please.")
        return questions

    @field_validator("variables")
    @classmethod
    def _variables(cls, variables: dict[str, str | None]) -> dict[str, str | None]:
        if len(variables) > MAX_VARIABLES:
            raise ValueError(f"At most {MAX_VARIABLES} variables, please.")
        for name, value in variables.items():
            if not NAME.fullmatch(name) or name in BUILT_IN:
                raise ValueError(
                    f"A variable cannot be called {name[:40] or 'nothing'}: small letters, digits "
                    "and _ only, and not name or language."
                )
            if value is not None and not _fits(value):
                raise ValueError(
                    f"What stands for {name} must be one line of at most {MAX_CHARS} letters, "
                    "without braces."
                )
        return variables

    def check_disclosure(self) -> None:
        """Raises InvalidFields unless the disclosure says what it is there to say."""
        known = self.language.split("-")[0] in KNOWN_LANGUAGES
        if known and not SAYS_SO.search(self.disclosure):
            raise InvalidFields(
                {"disclosure": "This must say that the face or the voice is generated, or an AI."}
            )


def _fits(value: str) -> bool:
    return len(value) <= MAX_CHARS and value.isprintable() and not re.search(r"[{}]", value)


def read_draft(data: object) -> PersonaDraft:
    """Returns a draft that came from outside.

    Raises:
        InvalidFields: Which fields cannot be used, and why.
    """
    try:
        draft = PersonaDraft.model_validate(data)
    except ValidationError as error:
        faults: dict[str, str] = {}
        for each in error.errors():
            field = str(each["loc"][0]) if each["loc"] else "body"
            faults.setdefault(field, _message(each["type"], each["msg"], each.get("ctx") or {}))
        raise InvalidFields(faults) from None
    draft.check_disclosure()
    return draft


def _message(kind: str, said: str, context: dict[str, Any]) -> str:
    if kind == "value_error":
        return str(context["error"])
    return MESSAGES.get(kind, f"{said}.").format(**context)
