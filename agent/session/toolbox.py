"""The tools of one session: the server's own and those its client declares.

Joins the event protocol to the mind's tools and to livekit's agent. Knows no socket.
"""

from collections.abc import Callable, Sequence

from livekit.agents import Agent, llm

from agent.errors import Unavailable
from agent.events import Event, RegisterToolsEvent, ToolCallEvent, ToolResultEvent
from agent.mind.tools.client import ClientTools, Declared
from agent.mind.tools.livekit_tools import livekit_tools
from agent.mind.tools.tool import Tool, refuse_duplicates
from agent.settings import MindSettings


class Toolbox:
    """What the language model of one session may call.

    Args:
        settings: How long tools may take, and whether there is a model that calls any.
        tools: The server's own, of Python and of MCP servers.
        bridge: Said while a slow tool runs.
        emit: Sends an event to the client; never blocks.
    """

    def __init__(
        self,
        settings: MindSettings,
        tools: Sequence[Tool],
        bridge: Sequence[str],
        emit: Callable[[Event], None],
    ) -> None:
        self._settings = settings
        self._tools = tuple(tools) if settings.base_url else ()
        self._bridge = tuple(bridge)
        self._client = ClientTools(
            lambda call, name, arguments: emit(
                ToolCallEvent(call=call, name=name, arguments=arguments)
            )
        )

    def offered(self, declared: Sequence[Tool] = ()) -> list[llm.Tool | llm.Toolset]:
        """Returns the tools as livekit's agent takes them."""
        return livekit_tools(
            [*self._tools, *declared],
            bridge=self._bridge,
            bridge_after=self._settings.bridge_after,
            seconds=self._settings.tool_seconds,
        )

    async def handle_event(self, event: RegisterToolsEvent | ToolResultEvent, agent: Agent) -> None:
        """Acts on what the client declares or answers.

        Raises:
            Unavailable: No language model is configured that could call tools.
            BadTool: A declaration is not as it must be; the tools stay as they were.
            BadRequest: The answer fits no call.
        """
        if isinstance(event, ToolResultEvent):
            self._client.answer(event.call, event.result, event.error)
            return
        if not self._settings.base_url:
            raise Unavailable("Tools need a language model of your own: set mind.base_url.")
        declared = self._client.declare(
            [Declared(each.name, each.description, each.parameters) for each in event.tools]
        )
        refuse_duplicates([*self._tools, *declared])
        await agent.update_tools(self.offered(declared))

    def aclose(self) -> None:
        """Fails the calls the client has not answered."""
        self._client.aclose()
