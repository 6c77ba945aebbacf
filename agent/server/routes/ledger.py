"""HTTP: the latest turns and their percentiles.

    GET /v1/ledger?session=…   {turns: [record], sessions: {id: percentiles}}

Records hold opaque ids and milliseconds, never words; like `/metrics`, they are no secret.
"""

from typing import Annotated, Any

from fastapi import FastAPI, Query

from agent.ledger.exporters import Journal
from agent.ledger.percentiles import by_session


def add_ledger_route(app: FastAPI, journal: Journal) -> None:
    """Adds the route of this file."""

    @app.get("/v1/ledger")
    def ledger(session: Annotated[str | None, Query(max_length=64)] = None) -> dict[str, Any]:
        turns = journal.turns(session)
        return {"turns": turns, "sessions": by_session(turns)}
