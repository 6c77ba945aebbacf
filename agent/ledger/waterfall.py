"""One turn as a picture: a bar a layer, each beginning where the one before ended.

A layer that was done early, while others worked, adds nothing: its bar is empty, and a small mark
shows when it was done.
"""

from collections.abc import Mapping
from html import escape
from typing import Any

COLOURS: Mapping[str, str] = {
    "endpointing": "#7f8794",
    "transcription": "#2b9f8f",
    "answer": "#e0a126",
    "voice": "#de6b48",
    "motion": "#b9559b",
    "draw": "#7d5bd6",
    "encode": "#4a61ec",
    "network_and_display": "#4fa3e3",
}
"""As in the page."""
NAMES: Mapping[str, str] = {
    "endpointing": "End of turn",
    "transcription": "Understanding",
    "answer": "Answer",
    "voice": "Voice",
    "motion": "Motion",
    "draw": "Drawing",
    "encode": "Encoding",
    "network_and_display": "Network and screen",
}
MARKS: Mapping[str, str] = {
    "endpointing": "turn_end",
    "transcription": "transcript",
    "answer": "answer",
    "voice": "voice",
    "motion": "motion",
    "draw": "drawn",
    "encode": "encoded",
    "network_and_display": "displayed",
}
"""The mark that ends a layer."""
WHAT: Mapping[str, str] = {
    "voice": "voice to voice",
    "text": "text to voice",
    "greeting": "connecting to greeting",
}
SAME_EPOCH_MS = 86_400_000
"""Clocks further apart count from different beginnings; their offset says nothing."""

WIDTH, LEFT, RIGHT, TOP, ROW, BAR = 760, 168, 92, 74, 30, 18
STEPS_MS = (10, 20, 25, 50, 100, 200, 250, 500, 1000, 2000, 5000, 10_000)
OVER = "#c92a2a"


def svg(turn: Mapping[str, Any], budgets_ms: Mapping[str, float] | None = None) -> str:
    """Returns the waterfall of a complete turn.

    Args:
        turn: As `TurnRecord.as_dict` gives it.
        budgets_ms: What each layer may add; one that adds more is written in red.
    """
    budgets = budgets_ms or {}
    layers: dict[str, float] = turn["layers"]
    total = turn["voice_to_voice_ms"] or sum(layers.values())
    scale = (WIDTH - LEFT - RIGHT) / max(total, 1.0)
    height = TOP + ROW * len(layers) + 54
    body = [*_head(turn, total), *_grid(total, scale, len(layers))]
    reached = 0.0
    for row, (name, ms) in enumerate(layers.items()):
        over = 0 < budgets.get(name, 0) < ms
        early = turn["marks"].get(MARKS.get(name, ""))
        body += _row(name, TOP + ROW * row, reached * scale, ms, ms * scale, over)
        if early is not None and 0 <= early < reached + ms - 0.5:
            body.append(_early(TOP + ROW * row, early * scale, name))
        reached += ms
    body.append(_text(24, height - 20, _foot(turn), "note"))
    return "\n".join([_open(height), *body, "</svg>\n"])


def _open(height: int) -> str:
    return (
        f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {WIDTH} {height}" '
        f'width="{WIDTH}" height="{height}" font-family="system-ui, sans-serif">\n'
        "<style>.title{font-size:19px;font-weight:600;fill:#1c2027}"
        ".name{font-size:13px;fill:#1c2027}.ms{font-size:13px;fill:#1c2027}"
        f".over{{font-size:13px;fill:{OVER};font-weight:600}}"
        ".tick{font-size:11px;fill:#6b7280}.note{font-size:12px;fill:#4b5563}</style>\n"
        f'<rect width="{WIDTH}" height="{height}" fill="#ffffff"/>'
    )


def _head(turn: Mapping[str, Any], total: float) -> list[str]:
    what = WHAT.get(turn["source"], turn["source"])
    cut = ", interrupted" if turn["interrupted"] else ""
    return [_text(24, 34, f"Turn {turn['turn']}: {round(total)} ms {what}{cut}", "title")]


def _grid(total: float, scale: float, rows: int) -> list[str]:
    step = next((each for each in STEPS_MS if total / each <= 6), STEPS_MS[-1])
    lines = []
    for at in range(0, int(total) + 1, step):
        x = LEFT + at * scale
        lines.append(
            f'<line x1="{x:.1f}" x2="{x:.1f}" y1="{TOP - 8}" y2="{TOP + ROW * rows}" '
            'stroke="#e5e7eb"/>'
        )
        lines.append(_text(x, TOP - 14, str(at), "tick", "middle"))
    return lines


def _row(name: str, y: float, x: float, ms: float, width: float, over: bool) -> list[str]:
    middle = y + ROW / 2 + 4
    bar = (
        f'<rect class="bar" data-layer="{escape(name)}" x="{LEFT + x:.1f}" '
        f'y="{y + (ROW - BAR) / 2:.1f}" width="{max(width, 0.5):.1f}" height="{BAR}" rx="2" '
        f'fill="{COLOURS.get(name, "#9ca3af")}"/>'
    )
    label = NAMES.get(name, name.replace("_", " "))
    return [
        _text(24, middle, label, "over" if over else "name"),
        bar,
        _text(WIDTH - 20, middle, f"{ms:.0f} ms", "over" if over else "ms", "end"),
    ]


def _early(y: float, x: float, name: str) -> str:
    """A small diamond where a layer was done before it was needed."""
    middle = y + ROW / 2
    return (
        f'<path class="early" d="M{LEFT + x:.1f} {middle - 5:.1f}l5 5l-5 5l-5 -5z" '
        f'fill="{COLOURS.get(name, "#9ca3af")}" stroke="#ffffff"/>'
    )


def _foot(turn: Mapping[str, Any]) -> str:
    """Says how the clocks of server and screen were compared."""
    note = f"Session {turn['session']}. ◆ done early."
    uncertainty, offset = turn.get("clock_uncertainty_ms"), turn.get("clock_offset_ms")
    if uncertainty is not None:
        note += f" Clocks of server and screen compared to within ±{uncertainty:.1f} ms"
        shown = offset is not None and abs(offset) < SAME_EPOCH_MS
        note += f" (offset {offset:+.1f} ms)." if shown else "."
    return note


def _text(x: float, y: float, text: str, kind: str, anchor: str = "start") -> str:
    return (
        f'<text class="{kind}" x="{x:.1f}" y="{y:.1f}" text-anchor="{anchor}">{escape(text)}</text>'
    )
