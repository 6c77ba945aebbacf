"""First words and hello, and what becomes of them when variables change."""

from collections.abc import AsyncIterator, Sequence
from types import SimpleNamespace
from typing import Any

import pytest

from agent.errors import Unavailable
from agent.events import Event, HelloEvent, SetVariablesEvent
from agent.mind.message import Message
from agent.mind.persona.persona import Persona, load_persona
from agent.mind.persona.variables import BadVariable, UnknownVariable
from agent.mind.tools.tool import ToolUse
from agent.session.greeting import Greeting
from agent.session.role import Role
from agent.session.timeline import Timeline
from agent.settings import MindSettings

TOLD = {"session": "s", "avatar": "joe", "ice_servers": []}


def introduce(who: Persona) -> HelloEvent:
    texts = {"persona": who.id, "name": who.name, "greeting": who.greeting}
    more = {"disclosure": who.disclosure, "language": who.language, "questions": who.questions}
    return HelloEvent.model_validate({**TOLD, **texts, **more})


@pytest.fixture
def role() -> Role:
    texts = {
        "greeting": "Hello {{customer}}.",
        "questions": ("Where is {{shop}}?",),
        "variables": {"customer": "you", "shop": None},
    }
    persona = load_persona(MindSettings().prompts_dir, "museum").model_copy(update=texts)
    return Role(persona, {"shop": "Oak"}, {"name": "Ida"}, introduce)


class Stage:
    """An introduction and all that it says."""

    def __init__(self, role: Role, able: bool = True) -> None:
        self.said: list[str] = []
        self.told: list[Any] = []
        session: Any = SimpleNamespace(say=self.said.append)
        self.introduction = Greeting(
            session,
            Timeline("s", (), self._take),
            self._take,
            role.hello(),
            role.persona.greeting,
            role if able else None,
        )

    def _take(self, event: Event) -> None:
        if isinstance(event, HelloEvent):
            self.told.append(event)


def test_it_greets_once_the_face_is_there(role: Role) -> None:
    stage = Stage(role)
    stage.introduction.say_hello()
    assert (stage.introduction.greeted, stage.said) == (False, [])
    stage.introduction.greet(3)
    assert (stage.introduction.greeted, stage.said) == (True, ["Hello you."])
    [hello] = stage.told
    assert (hello.name, hello.questions, hello.variables) == (
        "Ida",
        ["Where is Oak?"],
        {"name": "Ida"},
    )


def test_without_a_greeting_nothing_is_said_whatever_changes(role: Role) -> None:
    stage = Stage(role)
    stage.introduction.skip_greeting()
    stage.introduction.change_variables(SetVariablesEvent(variables={"customer": "Ada"}))
    stage.introduction.greet(3)
    assert (stage.introduction.greeted, stage.said) == (True, [])


def test_what_changes_is_told_and_said(role: Role) -> None:
    stage = Stage(role)
    stage.introduction.change_variables(
        SetVariablesEvent(variables={"customer": "Ada", "shop": "Elm"})
    )
    stage.introduction.change_variables(SetVariablesEvent(variables={"name": "Bo"}))
    stage.introduction.greet(3)
    assert stage.said == ["Hello Ada."]
    hello = stage.told[-1]
    assert (hello.name, hello.greeting, hello.questions) == ("Bo", "Hello Ada.", ["Where is Elm?"])
    assert hello.variables == {"name": "Bo", "customer": "Ada", "shop": "Elm"}


@pytest.mark.parametrize(
    ("variables", "error"),
    [
        ({"color": "red"}, UnknownVariable),
        ({"language": "de"}, UnknownVariable),
        ({"customer": "{{shop}}"}, BadVariable),
        ({"customer": "Ada", "color": "red"}, UnknownVariable),
    ],
)
def test_what_cannot_be_filled_in_changes_nothing(
    role: Role, variables: dict[str, str], error: type[Exception]
) -> None:
    stage = Stage(role)
    with pytest.raises(error):
        stage.introduction.change_variables(SetVariablesEvent(variables=variables))
    assert (stage.told, role.given) == ([], {"name": "Ida"})
    assert role.persona.greeting == "Hello you."


def test_where_nothing_has_variables_that_is_said(role: Role) -> None:
    with pytest.raises(Unavailable):
        Stage(role, able=False).introduction.change_variables(
            SetVariablesEvent(variables={"customer": "Ada"})
        )


async def test_answers_are_those_of_the_persona_as_it_is(role: Role) -> None:
    async def answer(
        turns: Sequence[Message], question: str, *, persona: Persona, tools: ToolUse
    ) -> AsyncIterator[str]:
        yield persona.greeting

    answers = role.answering(answer)
    nothing: Any = None
    assert [text async for text in answers([], "?", tools=nothing)] == ["Hello you."]
    role.change({"customer": "Ada"})
    assert [text async for text in answers([], "?", tools=nothing)] == ["Hello Ada."]
