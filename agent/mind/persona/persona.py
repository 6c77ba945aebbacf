"""Who answers: a persona file, validated.

A persona is `prompts/personas/<id>.md`: a YAML head between two `---` lines, then the system
prompt. What every persona can chat about stands in `prompts/small_talk.yaml`; a persona may
replace the replies of any intent. Whatever it says may carry tags (`agent.mind.persona.cues`).
"""

from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Annotated, Any, TypeVar

import yaml
from pydantic import BaseModel, ConfigDict, Field, StringConstraints, ValidationError

from agent.errors import NotFound, VisavisError
from agent.mind.persona import variables
from render.motion.emotion import Emotion

M = TypeVar("M", bound=BaseModel)

_SETTLED = {"id", "name", "avatar", "voice", "language", "knowledge", "names", "variables"}
"""Fields without variables."""
_UNKNOWN = (
    "[concerned:0.4] I don't know that, I'm afraid. You can ask me about {topics}.",
    "[concerned:0.5] Sorry, that's something I don't know.",
    "[concerned:0.4][shake] I don't know, and I'd rather not guess.",
    "[concerned:0.4] That's beyond what I know. Ask me about {topics}.",
)
_UNSURE = (
    "[thinking:0.4] I'm not sure, but perhaps this helps.",
    "[thinking:0.4] I'm not sure that I understood, but here is what I know.",
    "[thinking:0.4] Perhaps you mean this.",
)
_BRIDGE = ("One moment.", "Let me look.", "I'm on it.")
_UNCLEAR = (
    "[concerned:0.4] Sorry, I didn't catch that.",
    "[concerned:0.4] I'm sorry, could you say that again?",
)
LONGEST_QUESTION = 120
"""Characters, before variables are filled in."""
MOST_QUESTIONS = 12
Question = Annotated[str, StringConstraints(pattern=r"^[^\r\n]*\S[^\r\n]*$")]
"""One line, in words that a visitor may say."""


class BadPersona(VisavisError):
    """A persona, or a file that it names, cannot be used.

    Attributes:
        file: The file at fault.
        field: The field at fault, dotted; empty when it is the file as a whole.
        reason: What is wrong with it.
    """

    code, status = "bad_persona", 500

    def __init__(self, file: Path, field: str, reason: str) -> None:
        where = f"{file}, {field}" if field else str(file)
        super().__init__(f"{where}: {reason}")
        self.file = file
        self.field = field
        self.reason = reason


class _Model(BaseModel):
    model_config = ConfigDict(extra="forbid", frozen=True)


class ProperName(_Model):
    """A name that recognisers get wrong.

    Attributes:
        name: How it is written.
        stands_for: What replaces it where meanings are compared ("it"), so that a question is
            not taken for known because it names the subject.
        heard: How recognisers write it.
    """

    name: str = Field(min_length=1)
    stands_for: str = "it"
    heard: tuple[str, ...] = ()


class Intent(_Model):
    """One kind of small talk; see `prompts/small_talk.yaml`."""

    phrases: tuple[str, ...] = Field(min_length=1)
    replies: tuple[str, ...] = Field(min_length=1)
    model: bool = False


class Persona(_Model):
    """One persona.

    Attributes:
        id: The file's name without ending.
        name: What the persona is called.
        avatar: Which face: a default person's or a clone's id.
        voice: Which voice; the server's settings name others than the two that are built in.
        language: BCP 47 tag of what it speaks.
        greeting: Its first words.
        disclosure: Must be shown: the face and the voice are generated.
        background: What is behind: "photo", "#rrggbb" or a picture, relative to `prompts`; None
            for what the settings say.
        knowledge: Names of files in `prompts/knowledge`, or absolute paths.
        emotion: What it feels by itself; None for what the settings say.
        intensity: How strongly, in [0, 1].
        style: How it speaks, in a few words, for a language model.
        topics: What one can ask about, to complete "You can ask me about ...".
        questions: What one may ask it, to suggest to visitors, in its language.
        names: Names that recognisers get wrong.
        small_talk: Small talk by intent, with the persona's own replies.
        unknown: What it says when it does not know; `{topics}` is filled in.
        unsure: What it says before a fact that may not be the answer.
        unclear: What it says when it understood nothing.
        bridge: What it says while a tool takes its time.
        variables: Which variables its texts hold besides its name and language, with what stands
            for them unless a session says otherwise; None where a session must.
        prompt: The system prompt.
    """

    id: str
    name: str = Field(min_length=1)
    avatar: str = Field(pattern=r"^[a-z0-9]{1,64}$")
    voice: str = Field(min_length=1)
    language: str = Field(pattern=r"^[a-z]{2,3}(-[A-Za-z0-9]{2,8})*$")
    greeting: str = Field(min_length=1)
    disclosure: str = Field(min_length=1)
    knowledge: tuple[str, ...] = ()
    background: str | None = None
    emotion: Emotion | None = None
    intensity: float | None = Field(None, ge=0, le=1)
    style: str = Field(min_length=1)
    topics: str = Field(min_length=1)
    questions: tuple[Question, ...] = Field((), max_length=MOST_QUESTIONS)
    names: tuple[ProperName, ...] = ()
    small_talk: dict[str, Intent]
    unknown: tuple[str, ...] = Field(_UNKNOWN, min_length=1)
    unsure: tuple[str, ...] = Field(_UNSURE, min_length=1)
    unclear: tuple[str, ...] = Field(_UNCLEAR, min_length=1)
    bridge: tuple[str, ...] = _BRIDGE
    variables: dict[str, str | None] = {}
    prompt: str = Field(min_length=1)

    def filled(self, given: Mapping[str, str]) -> "Persona":
        """Returns the persona with the variables of its texts filled in.

        Raises:
            UnknownVariable: One is given that it does not have.
            BadVariable: A value cannot be filled in.
            MissingVariable: A value is needed and not given.
        """
        variables.check(given, {"name", *self.variables})
        own = {"name": self.name, "language": self.language}
        values = {**own, **self.variables, **given}
        texts = variables.fill(self.model_dump(exclude=_SETTLED), values)
        settled = {field: getattr(self, field) for field in _SETTLED}
        return Persona.model_validate({**texts, **settled, "name": values["name"]})


def load_persona(prompts_dir: Path, persona_id: str) -> Persona:
    """Reads and checks one persona.

    Raises:
        NotFound: There is no such persona.
        BadPersona: Its file, or the small talk it builds on, is not as it must be.
    """
    known = persona_ids(prompts_dir)
    if persona_id not in known:
        raise NotFound(f"There is no such persona; there are: {', '.join(known)}.")
    return read_persona(prompts_dir / "personas" / f"{persona_id}.md", prompts_dir)


def read_persona(file: Path, prompts_dir: Path, knowledge_dir: Path | None = None) -> Persona:
    """Reads and checks the persona in `file`, which may lie anywhere; its id is the file's name.

    Args:
        file: YAML head and prompt.
        prompts_dir: Has the common small talk, and knowledge.
        knowledge_dir: Where its knowledge is looked for first.

    Raises:
        BadPersona: The file, or the small talk it builds on, is not as it must be.
    """
    head, prompt = _split(file)
    own = head.pop("small_talk", {})
    small_talk = _small_talk(prompts_dir / "small_talk.yaml", file, own)
    fields = head | {"id": file.stem, "prompt": prompt, "small_talk": small_talk}
    persona = _validated(Persona, fields, file)
    _check_variables(persona, file)
    if any(len(question) > LONGEST_QUESTION for question in persona.questions):
        raise BadPersona(file, "questions", f"each may have {LONGEST_QUESTION} letters")
    found = []
    for name in persona.knowledge:
        nearer = knowledge_dir / name if knowledge_dir else None
        if nearer is not None and nearer.is_file():
            found.append(str(nearer.resolve()))
        elif (prompts_dir / "knowledge" / name).is_file():
            found.append(name)
        else:
            raise BadPersona(file, "knowledge", f"there is no file {name} in knowledge")
    return persona.model_copy(update={"knowledge": tuple(found)})


def common_values(
    given: Mapping[str, str], personas: Sequence[Persona]
) -> dict[str, dict[str, str]]:
    """Returns which of the values given for all personas belong to each of them, by its id.

    Raises:
        UnknownVariable: No persona has such a variable.
        BadVariable: A value cannot be filled in.
    """
    variables.check(given, {name for persona in personas for name in persona.variables})
    return {
        persona.id: {name: value for name, value in given.items() if name in persona.variables}
        for persona in personas
    }


def _check_variables(persona: Persona, file: Path) -> None:
    for name in persona.variables:
        if not variables.NAME.fullmatch(name) or name in variables.BUILT_IN:
            raise BadPersona(file, f"variables.{name}", "no variable can be called that")
    declared = {*variables.BUILT_IN, *persona.variables}
    for field, text in persona.model_dump(exclude=_SETTLED).items():
        if unknown := sorted(variables.names(text) - declared):
            raise BadPersona(file, field, f"nobody declares the variable {unknown[0]}")


def persona_ids(prompts_dir: Path) -> list[str]:
    """Returns the ids of all personas in `prompts_dir`, sorted."""
    return sorted(file.stem for file in (prompts_dir / "personas").glob("*.md"))


def _split(file: Path) -> tuple[dict[str, Any], str]:
    parts = file.read_text("utf-8").split("---\n", 2)
    if len(parts) < 3 or parts[0].strip():
        raise BadPersona(file, "", "it must begin with a YAML head between two --- lines")
    return _mapping(parts[1], file), parts[2].strip()


def _mapping(text: str, file: Path) -> dict[str, Any]:
    try:
        content = yaml.safe_load(text)
    except yaml.YAMLError as error:
        mark = getattr(error, "problem_mark", None)
        line = f" near line {mark.line + 1}" if mark else ""
        raise BadPersona(file, "", f"this is not YAML{line}") from None
    if not isinstance(content, dict):
        raise BadPersona(file, "", "this must be a YAML mapping")
    return content


def _small_talk(common: Path, file: Path, own: object) -> dict[str, Intent]:
    if not common.is_file():
        raise BadPersona(common, "", "the file is missing")
    intents = {
        name: _validated(Intent, fields, common, name)
        for name, fields in _mapping(common.read_text("utf-8"), common).items()
    }
    if not isinstance(own, dict):
        raise BadPersona(file, "small_talk", "this must map intents to replies")
    for name, replies in own.items():
        if name not in intents:
            raise BadPersona(file, f"small_talk.{name}", "there is no such intent")
        fields = intents[name].model_dump() | {"replies": replies}
        intents[name] = _validated(Intent, fields, file, f"small_talk.{name}")
    return intents


def _validated(model: type[M], fields: object, file: Path, within: str = "") -> M:
    try:
        return model.model_validate(fields)
    except ValidationError as error:
        first = error.errors()[0]
        path = ".".join([*([within] if within else []), *(str(part) for part in first["loc"])])
        raise BadPersona(file, path, first["msg"]) from None
