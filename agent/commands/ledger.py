"""`visavis ledger`: turns of a file or of a running server, drawn or summed up."""

import json
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import httpx2

from agent.errors import BadRequest, NotFound, Unavailable
from agent.ledger.percentiles import by_session
from agent.ledger.waterfall import NAMES, svg
from agent.settings import Settings

ANSWER_SECONDS = 5.0
BAR_COLUMNS = 48
RECORD = {"session", "turn", "source", "voice_to_voice_ms", "layers", "marks", "interrupted"}


def turns_of(settings: Settings, source: str | None) -> list[dict[str, Any]]:
    """Returns the records, oldest first.

    Args:
        settings: Say where they are if `source` does not: the JSON lines file, else the server.
        source: A file of JSON lines, or a server's URL.

    Raises:
        NotFound: There is no such file.
        BadRequest: The file holds something else.
        Unavailable: No server answers there.
    """
    if source is not None and source.startswith(("http://", "https://")):
        return _from_server(source)
    if source is not None:
        return _from_file(Path(source))
    if settings.ledger.jsonl is not None:
        return _from_file(settings.ledger.jsonl)
    return _from_server(f"http://{settings.server.host}:{settings.server.port}")


def find(turns: Sequence[dict[str, Any]], turn: int, session: str | None) -> dict[str, Any]:
    """Returns a complete turn by its number: of one session, or of the latest that has it.

    Raises:
        NotFound: None is complete.
    """
    complete = [each for each in turns if each["turn"] == turn and each["layers"]]
    own = [each for each in complete if session is None or each["session"] == session]
    if own:
        return own[-1]
    raise NotFound(f"There is no complete turn {turn} among {len(turns)} records.")


def show(
    settings: Settings, turn: int, source: str | None, session: str | None, out: Path | None
) -> str:
    """Draws a turn into a file, or returns it as lines of text.

    Raises:
        NotFound, BadRequest, Unavailable: As `turns_of` and `find` say.
    """
    record = find(turns_of(settings, source), turn, session)
    if out is None:
        return as_text(record)
    budgets = {str(layer): ms for layer, ms in settings.ledger.budgets_ms.items()}
    out.write_text(svg(record, budgets), encoding="utf-8")
    return f"Turn {record['turn']} of session {record['session']}: {out}"


def summary(settings: Settings, source: str | None) -> dict[str, Any]:
    """Returns percentiles per session and layer. Raises as `turns_of` does."""
    return by_session(turns_of(settings, source))


def as_text(record: dict[str, Any]) -> str:
    """Returns a turn as lines: name, milliseconds, bar."""
    total = record["voice_to_voice_ms"]
    lines = [f"Turn {record['turn']} of session {record['session']}: {total:.0f} ms"]
    reached = 0.0
    for name, ms in record["layers"].items():
        begin = round(reached / max(total, 1.0) * BAR_COLUMNS)
        reached += ms
        end = round(reached / max(total, 1.0) * BAR_COLUMNS)
        lines.append(f"{NAMES.get(name, name):<20}{ms:6.0f} ms  {' ' * begin}{'█' * (end - begin)}")
    return "\n".join(lines)


def _from_file(path: Path) -> list[dict[str, Any]]:
    if not path.is_file():
        raise NotFound(f"There is no file {path}.")
    try:
        turns = [json.loads(line) for line in path.read_text("utf-8").splitlines() if line]
    except ValueError:
        turns = [None]
    if not all(isinstance(turn, dict) and turn.keys() >= RECORD for turn in turns):
        raise BadRequest(f"{path} is no ledger of JSON lines.")
    return turns


def _from_server(url: str) -> list[dict[str, Any]]:
    try:
        answer = httpx2.get(f"{url.rstrip('/')}/v1/ledger", timeout=ANSWER_SECONDS)
        answer.raise_for_status()
        turns: list[dict[str, Any]] = answer.json()["turns"]
    except (httpx2.HTTPError, ValueError, KeyError):
        raise Unavailable(
            f"No server answers at {url}; start one, or name a file with --from."
        ) from None
    return turns
