"""What the board shows: formulas, pictures, marks; and what never gets onto it."""

from pathlib import PurePath

import pytest

from agent.lessons.board import Board
from agent.lessons.errors import Fault
from agent.lessons.formula import mathml


def address(name: str) -> str:
    if PurePath(name).stem == "missing":
        raise Fault("there is no picture")
    return f"/pictures/{name}"


def shown(text: str) -> tuple[str, tuple[int, ...]]:
    board = Board(address)
    html, marks = board.render(board.tokens(text))
    return html.replace("\n", ""), marks


def test_a_block_takes_the_mark_it_begins_with() -> None:
    assert shown("{3} Three.\n\nFour.") == ('<p data-mark="3">Three.</p><p>Four.</p>', (3,))
    assert shown("## {1} Title")[0] == '<h2 data-mark="1">Title</h2>'
    assert shown("- {1} a\n- {2} b") == (
        '<ul><li data-mark="1">a</li><li data-mark="2">b</li></ul>',
        (1, 2),
    )


def test_a_row_appears_as_a_whole_and_a_later_cell_by_itself() -> None:
    html, marks = shown("| x | y |\n|---|---|\n| {1} 1 | 2 |\n| 3 | {2} 4 |")
    assert '<tr data-mark="1"><td>1</td><td>2</td></tr>' in html
    assert '<tr><td>3</td><td data-mark="2">4</td></tr>' in html
    assert marks == (1, 2)


@pytest.mark.parametrize("gap", ["\n", "\n\n"])
def test_a_mark_on_its_own_belongs_to_the_block_after_it(gap: str) -> None:
    html, marks = shown(f"{{2}}{gap}$$\na\n$$\n\n{{4}}\n\n- one")
    assert html.startswith('<div class="formula" data-mark="2"><math')
    assert html.endswith('<ul data-mark="4"><li>one</li></ul>')
    assert marks == (2, 4)
    picture, _ = shown(f"{{1}}{gap}![A cat.](cat.png)")
    assert picture == '<p data-mark="1"><img src="/pictures/cat.png" alt="A cat." /></p>'


def test_a_formula_in_a_line_and_one_on_its_own() -> None:
    html, _ = shown("The side $c$:\n$$\nc^2\n$$")
    assert 'display="inline"><mrow><mi>c</mi></mrow></math>:</p>' in html
    assert 'display="block"><mrow><msup><mi>c</mi><mn>2</mn></msup></mrow></math></div>' in html


def test_html_and_scripts_stay_text() -> None:
    html, _ = shown("<script>x</script>\n\n<b>y</b> [z](javascript:alert(1))")
    assert "<script" not in html
    assert "<b>" not in html
    assert "href" not in html
    link, _ = shown("[z](https://example.org)")
    assert 'target="_blank" rel="noopener noreferrer"' in link


@pytest.mark.parametrize(
    "picture",
    [
        "![](cat.png)",
        "![A cat.](missing.svg)",
        "![A cat.](https://example.org/cat.png)",
        "![A cat.](../cat.png)",
        "![A cat.](cat.html)",
    ],
)
def test_a_picture_must_be_there_and_be_described(picture: str) -> None:
    with pytest.raises(Fault, match="picture"):
        shown(picture)


def test_a_fault_tells_the_line_of_its_block() -> None:
    with pytest.raises(Fault) as found:
        shown("One.\n\nTwo.\n\n$$\n\\nosuch\n$$")
    assert found.value.line == 4


@pytest.mark.parametrize(
    ("formula", "element"),
    [
        (r"\frac{1}{25}\,\text{s}", "<mfrac>"),
        (r"\sqrt{a^2+b^2}", "<msqrt>"),
        (r"\begin{pmatrix}1&2\\3&4\end{pmatrix}", "<mtable>"),
        (r"\underbrace{a+b}_{c} \le \pi", "<munder>"),
        (r"a < b", "&lt;"),
    ],
)
def test_formulas_become_mathml(formula: str, element: str) -> None:
    assert element in mathml(formula)


@pytest.mark.parametrize(
    "formula",
    [
        r"\frac{a",
        r"a}{b",
        r"\nosuch{x}",
        r"\left( x \right",
        r"\href{javascript:alert(1)}{x}",
        r"\text{<script>alert(1)</script>}",
        r"\text{<mi href='x'>x</mi>}",
        r"a & b",
    ],
)
def test_what_is_no_formula_is_refused(formula: str) -> None:
    with pytest.raises(Fault, match="formula"):
        mathml(formula)
