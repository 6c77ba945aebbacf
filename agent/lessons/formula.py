"""Formulas: what KaTeX users write becomes MathML that browsers draw by themselves.

What it returns is read again and checked against the list of elements and attributes below, so that
no formula brings a link or a script onto a page, and a misspelt command is an error instead of red
letters on the board.
"""

from xml.etree import ElementTree

from latex2mathml.converter import convert

from agent.lessons.errors import Fault

MATHML = "http://www.w3.org/1998/Math/MathML"
ELEMENTS = frozenset({
    "math", "mrow", "mi", "mn", "mo", "mtext", "mspace", "msup", "msub", "msubsup", "mfrac",
    "msqrt", "mroot", "mover", "munder", "munderover", "mtable", "mtr", "mtd", "mstyle",
    "menclose", "mpadded", "mphantom",
})  # fmt: skip
ATTRIBUTES = frozenset({
    "display", "width", "height", "depth", "lspace", "rspace", "stretchy", "fence", "form",
    "separator", "accent", "accentunder", "mathvariant", "mathcolor", "displaystyle",
    "scriptlevel", "linethickness", "columnalign", "rowspacing", "columnspacing", "columnlines",
    "rowlines", "notation", "movablelimits", "minsize", "maxsize", "linebreak",
})  # fmt: skip

ElementTree.register_namespace("", MATHML)


def mathml(formula: str, *, block: bool = False) -> str:
    """Returns a `<math>` element.

    Args:
        formula: LaTeX without its dollars.
        block: Whether it stands on a line of its own.

    Raises:
        Fault: It cannot be read, or holds what is not known.
    """
    if not _balanced(formula):
        raise Fault(f"the braces of the formula {formula!r} do not match")
    try:
        tree = ElementTree.fromstring(
            convert(formula.strip(), display="block" if block else "inline")
        )
    except Exception:  # the library's errors share no other base
        raise Fault(f"the formula {formula!r} cannot be read") from None
    for element in tree.iter():
        _check(element, formula)
    return ElementTree.tostring(tree, encoding="unicode")


def _check(element: ElementTree.Element, formula: str) -> None:
    name = element.tag.removeprefix(f"{{{MATHML}}}")
    if name not in ELEMENTS or not ATTRIBUTES.issuperset(element.attrib):
        raise Fault(f"the formula {formula!r} holds what no board shows")
    text = element.text or ""
    if name != "mtext" and text.startswith("\\") and len(text) > 1:
        raise Fault(f"the formula {formula!r} holds the unknown command {text}")


def _balanced(formula: str) -> bool:
    depth = 0
    for index, char in enumerate(formula):
        if char in "{}" and formula[index - 1 : index] != "\\":
            depth += 1 if char == "{" else -1
        if depth < 0:
            return False
    return depth == 0
