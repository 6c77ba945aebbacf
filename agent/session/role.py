"""The part that a session plays: a persona, and what its variables stand for by now."""

from collections.abc import AsyncIterator, Callable, Mapping, Sequence

from agent.events import HelloEvent
from agent.mind.message import Message
from agent.mind.persona.persona import Persona
from agent.mind.tools.tool import ToolUse
from agent.session.llm import AnswerSource


class Role:
    """A persona as one session meets it.

    Args:
        template: The persona, with its variables open.
        settled: What the server's settings say they stand for.
        given: What the session says; it goes before.
        introduce: Makes the first event of a session with such a persona.

    Attributes:
        persona: With its variables filled in.
        given: What the session has said by now.

    Raises:
        UnknownVariable: The session gives a variable that the persona does not have.
        BadVariable: A value cannot be filled in.
        MissingVariable: The persona needs a value that nobody gives.
    """

    def __init__(
        self,
        template: Persona,
        settled: Mapping[str, str],
        given: Mapping[str, str],
        introduce: Callable[[Persona], HelloEvent],
    ) -> None:
        self._template = template
        self._settled = dict(settled)
        self._introduce = introduce
        self.given = dict(given)
        self.persona = template.filled(self._settled | self.given)

    def change(self, given: Mapping[str, str]) -> None:
        """Fills the texts anew; what is not named stays. Either all of it or nothing.

        Raises:
            UnknownVariable: The persona does not have such a variable.
            BadVariable: A value cannot be filled in.
        """
        merged = {**self.given, **given}
        self.persona = self._template.filled(self._settled | merged)
        self.given = merged

    def answering(self, answer: Callable[..., AsyncIterator[str]]) -> AnswerSource:
        """Returns how the persona answers, as it is at that moment.

        Args:
            answer: The mind's, which wants to be told whose.
        """

        def answers(
            turns: Sequence[Message], question: str, *, tools: ToolUse
        ) -> AsyncIterator[str]:
            return answer(turns, question, persona=self.persona, tools=tools)

        return answers

    def hello(self) -> HelloEvent:
        """Returns the first event of a session, as it is by now."""
        return self._introduce(self.persona).model_copy(update={"variables": dict(self.given)})
