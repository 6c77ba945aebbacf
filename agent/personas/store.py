"""Where personas that people made are kept.

    <folder>/<id>.md                          as in `prompts/personas`
    <folder>/knowledge/<id>-<digest>.md       what it knows

A persona changes when its file is replaced, in one step; its knowledge lies beside it under a new
name by then. What is written was read by the very loader that reads it at the next start.
"""

import hashlib
import json
import os
import re
import unicodedata
from collections.abc import Collection
from pathlib import Path
from tempfile import TemporaryDirectory

from agent.errors import InvalidFields, NotFound
from agent.mind.persona.persona import BadPersona, Persona, read_persona
from agent.mind.retrieval.knowledge import load_knowledge
from agent.personas.draft import PersonaDraft

ID = re.compile(r"[a-z0-9][a-z0-9-]{0,39}")
ELSEWHERE = "elsewhere.md"
"""Knowledge that every English persona has: questions about the world, which it cannot answer."""
KNOWLEDGE = "knowledge"


class PersonaStore:
    """The personas of one folder.

    Args:
        folder: Made when the first is kept.
        prompts_dir: Has what all personas share.
    """

    def __init__(self, folder: Path, prompts_dir: Path) -> None:
        self._folder = folder
        self._prompts = prompts_dir

    def ids(self) -> list[str]:
        """Returns the ids of all personas kept here, sorted."""
        return sorted(file.stem for file in self._folder.glob("*.md") if ID.fullmatch(file.stem))

    def load(self, persona_id: str) -> Persona:
        """Returns one of them.

        Raises:
            NotFound: It is not here.
            BadPersona: Somebody changed its files, and they cannot be used.
        """
        persona = read_persona(self._file(persona_id), self._prompts, self._folder / KNOWLEDGE)
        load_knowledge(self._prompts / KNOWLEDGE / name for name in persona.knowledge)
        return persona

    def save(self, persona_id: str, draft: PersonaDraft) -> Persona:
        """Keeps a persona, in place of one of the same id; either all of it or nothing.

        Raises:
            InvalidFields: It cannot be used; nothing has changed.
        """
        (self._folder / KNOWLEDGE).mkdir(parents=True, exist_ok=True, mode=0o700)
        with TemporaryDirectory(prefix=".new-", dir=self._folder) as made:
            stage = Path(made)
            knowledge = self._write(stage, persona_id, draft)
            self._check(stage / f"{persona_id}.md", stage / knowledge)
            os.replace(stage / knowledge, self._folder / KNOWLEDGE / knowledge)
            os.replace(stage / f"{persona_id}.md", self._folder / f"{persona_id}.md")
        self._sweep(persona_id, knowledge)
        return self.load(persona_id)

    def delete(self, persona_id: str) -> None:
        """Deletes a persona and what it knows. Raises NotFound."""
        self._file(persona_id).unlink()
        self._sweep(persona_id, "")

    def free_id(self, name: str, taken: Collection[str]) -> str:
        """Returns an id for a persona of this name that is neither kept here nor among `taken`."""
        plain = unicodedata.normalize("NFKD", name).encode("ascii", "ignore").decode().lower()
        stem = re.sub(r"[^a-z0-9]+", "-", plain).strip("-")[:32].strip("-") or "persona"
        used = {*self.ids(), *taken}
        if stem not in used:
            return stem
        return next(each for n in range(2, len(used) + 3) if (each := f"{stem}-{n}") not in used)

    def _file(self, persona_id: str) -> Path:
        file = self._folder / f"{persona_id}.md"
        if not ID.fullmatch(persona_id) or not file.is_file():
            raise NotFound("There is no such persona.")
        return file

    def _write(self, stage: Path, persona_id: str, draft: PersonaDraft) -> str:
        """Writes both files and returns the name of the knowledge."""
        digest = hashlib.sha256(draft.knowledge.encode()).hexdigest()[:12]
        knowledge = f"{persona_id}-{digest}.md"
        shared = draft.language.split("-")[0] == "en" and self._elsewhere.is_file()
        head = draft.model_dump(mode="json", exclude={"prompt", "knowledge"}, exclude_none=True)
        head["variables"] = draft.variables
        head["knowledge"] = [knowledge, *([ELSEWHERE] if shared else [])]
        (stage / knowledge).write_text(draft.knowledge + "\n", "utf-8")
        # JSON is YAML, and no text in it can end the head
        lines = [f"{key}: {json.dumps(value, ensure_ascii=False)}\n" for key, value in head.items()]
        text = "".join(["---\n", *lines, "---\n", draft.prompt, "\n"])
        (stage / f"{persona_id}.md").write_text(text, "utf-8")
        return knowledge

    def _check(self, file: Path, knowledge: Path) -> None:
        try:
            load_knowledge([knowledge])
            read_persona(file, self._prompts, knowledge.parent)
        except BadPersona as error:
            raise InvalidFields(_fault(error, knowledge)) from None

    def _sweep(self, persona_id: str, kept: str) -> None:
        """Deletes what the persona knew before."""
        for file in (self._folder / KNOWLEDGE).glob(f"{persona_id}-*.md"):
            own = re.fullmatch(rf"{re.escape(persona_id)}-[0-9a-f]{{12}}\.md", file.name)
            if own and file.name != kept:
                file.unlink(missing_ok=True)

    @property
    def _elsewhere(self) -> Path:
        return self._prompts / KNOWLEDGE / ELSEWHERE


def draft_of(persona: Persona, prompts_dir: Path) -> PersonaDraft:
    """Returns what would have to be filled in to make a persona; its own small talk is left out.

    Raises:
        BadPersona: A file that it names cannot be read.
    """
    own = [prompts_dir / KNOWLEDGE / name for name in persona.knowledge if name != ELSEWHERE]
    try:
        knowledge = "\n\n".join(file.read_text("utf-8").strip() for file in own)
    except OSError as error:
        raise BadPersona(prompts_dir, "knowledge", "a file cannot be read") from error
    fields = set(PersonaDraft.model_fields) - {"knowledge"}
    return PersonaDraft.model_construct(**persona.model_dump(include=fields), knowledge=knowledge)


def _fault(error: BadPersona, knowledge: Path) -> dict[str, str]:
    """Returns a field of the draft and what is wrong with it."""
    reason = error.reason
    if error.file in (knowledge, Path(KNOWLEDGE)):
        said = f"{error.field}: {reason}" if error.field else reason
        return {"knowledge": f"{said[:1].upper()}{said[1:]}."}
    return {error.field.partition(".")[0] or "body": f"{reason[:1].upper()}{reason[1:]}."}
