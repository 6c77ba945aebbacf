"""The whiteboard: Markdown with formulas and pictures becomes HTML that needs no script.

HTML in the Markdown stays text. A block that begins with `{2}` appears when the tutor reaches mark
2; `{2}` on a line of its own does the same for the block after it. It comes out as the attribute
`data-mark` of the block's element.
"""

import re
from collections.abc import Callable, Sequence

from markdown_it import MarkdownIt
from markdown_it.renderer import RendererHTML
from markdown_it.rules_block import StateBlock
from markdown_it.token import Token
from markdown_it.utils import EnvType, OptionsDict
from mdit_py_plugins.dollarmath import dollarmath_plugin
from mdit_py_plugins.dollarmath.index import math_block_dollar

from agent.lessons.errors import Fault
from agent.lessons.formula import mathml

MARK = re.compile(r"\{(\d{1,2})\}\s*")
PICTURE = re.compile(r"[\w-]+\.(?:svg|png|jpg|webp)")

Address = Callable[[str], str]
"""Returns the address of a picture by its name; raises Fault if it is not there."""
Rule = Callable[[RendererHTML, Sequence[Token], int, OptionsDict, EnvType], str]
"""Renders one token."""


class Board:
    """Reads and renders the Markdown of one lesson.

    Args:
        address: Where pictures are.
    """

    def __init__(self, address: Address) -> None:
        self._markdown = MarkdownIt("commonmark", {"html": False, "typographer": False})
        self._markdown.enable("table")
        self._markdown.use(dollarmath_plugin, allow_labels=False)
        self._markdown.block.ruler.at("math_block", _formula_block, {"alt": ["paragraph", "list"]})
        self._markdown.add_render_rule("math_inline", _inline_formula)
        self._markdown.add_render_rule("math_block", _formula)
        self._markdown.add_render_rule("image", _pictures(address))
        self._markdown.add_render_rule("link_open", _link)

    def tokens(self, text: str) -> list[Token]:
        """Returns the blocks of a whole file."""
        return self._markdown.parse(text)

    def inline(self, text: str) -> str:
        """Returns the HTML of a short text without paragraphs around it. Raises Fault."""
        html: str = self._markdown.renderInline(text)
        return html.strip()

    def render(self, tokens: Sequence[Token]) -> tuple[str, tuple[int, ...]]:
        """Returns the HTML of some blocks, and the marks that stand in it.

        Raises:
            Fault: A formula or a picture cannot be shown; its line is that of the file.
        """
        blocks, marks = _marked(tokens)
        html = ""
        begin = 0
        for index, token in enumerate(blocks):  # one outermost block after the other
            if token.level == 0 and token.nesting <= 0:
                html += self._block(blocks[begin : index + 1])
                begin = index + 1
        return html.strip(), marks

    def _block(self, tokens: list[Token]) -> str:
        try:
            html: str = self._markdown.renderer.render(tokens, self._markdown.options, {})
        except Fault as fault:
            first = tokens[0].map
            raise Fault(fault.reason, first[0] if first else 0) from None
        return html


_DOLLARS = math_block_dollar(allow_labels=False, allow_blank_lines=False)


def _formula_block(state: StateBlock, line: int, end: int, silent: bool) -> bool:
    """Reads a formula between lines of dollars; unlike the plug-in's rule, leaves no trace when
    it is only asked whether there is one, and so may end a paragraph."""
    tokens, at = len(state.tokens), state.line
    found = _DOLLARS(state, line, end, silent)
    if silent:
        del state.tokens[tokens:]
        state.line = at
    return found


def _pictures(address: Address) -> Rule:
    """Returns what renders a picture."""

    def image(
        renderer: RendererHTML,
        tokens: Sequence[Token],
        index: int,
        options: OptionsDict,
        env: EnvType,
    ) -> str:
        token = tokens[index]
        name = str(token.attrGet("src"))
        if not PICTURE.fullmatch(name):
            raise Fault(f"the picture {name} must be a file beside the lesson")
        if not token.content.strip():
            raise Fault(f"the picture {name} has no words for those who cannot see it")
        token.attrSet("src", address(name))
        return renderer.image(tokens, index, options, env)

    return image


def _link(
    renderer: RendererHTML,
    tokens: Sequence[Token],
    index: int,
    options: OptionsDict,
    env: EnvType,
) -> str:
    """Opens links beside the lesson, and tells them nothing of it."""
    tokens[index].attrSet("target", "_blank")
    tokens[index].attrSet("rel", "noopener noreferrer")
    return renderer.renderToken(tokens, index, options, env)


def _inline_formula(
    renderer: RendererHTML,
    tokens: Sequence[Token],
    index: int,
    options: OptionsDict,
    env: EnvType,
) -> str:
    return mathml(tokens[index].content)


def _formula(
    renderer: RendererHTML,
    tokens: Sequence[Token],
    index: int,
    options: OptionsDict,
    env: EnvType,
) -> str:
    """Wraps a formula, so that it has a place for its mark and can be scrolled on a phone."""
    token = tokens[index]
    formula = mathml(token.content, block=True)
    return f'<div class="formula"{renderer.renderAttrs(token)}>{formula}</div>\n'


def _marked(tokens: Sequence[Token]) -> tuple[list[Token], tuple[int, ...]]:
    """Moves the marks from the texts to the blocks they stand in."""
    result: list[Token] = []
    marks: list[int] = []
    waiting: str | None = None
    for token in tokens:
        if waiting and token.nesting >= 0 and token.type != "inline":
            token.attrSet("data-mark", waiting)
            waiting = None
        result.append(token)
        match = MARK.match(token.content) if token.type == "inline" else None
        if match is None:
            continue
        marks.append(int(match[1]))
        _strip(token)
        if token.content:
            _owner(result).attrSet("data-mark", match[1])
        else:
            waiting = match[1]
    return _without_empty(result), tuple(marks)


def _strip(token: Token) -> None:
    """Takes the mark out of a text and of its first child."""
    token.content = MARK.sub("", token.content, count=1)
    children = token.children or []
    if children:
        children[0].content = MARK.sub("", children[0].content, count=1)
        if children[0].content == "" and len(children) > 1 and children[1].type == "softbreak":
            del children[:2]


def _owner(tokens: Sequence[Token]) -> Token:
    """Returns the block that a text, the last of `tokens`, appears with."""
    block = tokens[-2]
    around = tokens[-3] if len(tokens) > 2 else block
    return around if around.type in ("list_item_open", "tr_open") else block


def _without_empty(tokens: list[Token]) -> list[Token]:
    """Leaves out paragraphs that held nothing but a mark."""
    kept: list[Token] = []
    skip = False
    for index, token in enumerate(tokens):
        following = tokens[index + 1] if index + 1 < len(tokens) else None
        empty = following is not None and following.type == "inline" and not following.content
        if token.type == "paragraph_open" and empty:
            skip = True
        if not skip:
            kept.append(token)
        if token.type == "paragraph_close":
            skip = False
    return kept
