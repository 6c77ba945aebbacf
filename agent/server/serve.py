"""Runs the server: uvicorn around the application."""

import logging
import time

import cv2
import typer
import uvicorn
from prometheus_client import CollectorRegistry

from agent.ledger.exporters import Journal, Metrics
from agent.lessons.library import Lessons
from agent.server.app import create_app
from agent.server.runtime import Runtime
from agent.settings import Settings

WEBSOCKET_LIMIT = 4 * 1024 * 1024
"""Bytes; larger than any event, so that too large ones get a typed error instead of a hang-up."""


class _Announcing(uvicorn.Server):
    """Prints the URL once requests are served."""

    def __init__(self, config: uvicorn.Config, began: float) -> None:
        super().__init__(config)
        self._began = began

    async def startup(self, sockets: list[object] | None = None) -> None:  # type: ignore[override]
        """Starts serving, then says where and how long it took."""
        await super().startup()
        if self.should_exit:
            return
        host = "localhost" if self.config.host in ("127.0.0.1", "0.0.0.0") else self.config.host
        seconds = time.monotonic() - self._began
        typer.echo(f"Visavis is ready after {seconds:.1f} s: http://{host}:{self.config.port}/")


def run(settings: Settings) -> None:
    """Serves until interrupted."""
    began = time.monotonic()
    logging.basicConfig(
        level=logging.WARNING, format="%(asctime)s %(levelname)s %(name)s: %(message)s"
    )
    logging.getLogger("agent").setLevel(logging.INFO)
    logging.getLogger("bm25s").setLevel(logging.WARNING)
    cv2.setNumThreads(1)  # its own pool would fight with ours
    metrics, journal = Metrics(CollectorRegistry()), Journal()
    lessons = Lessons(settings.mind.prompts_dir)
    runtime = Runtime(settings, metrics, journal)
    app = create_app(settings.server, runtime, metrics, journal, lessons, runtime.editor)
    config = uvicorn.Config(
        app,
        host=settings.server.host,
        port=settings.server.port,
        log_level="warning",
        ws_max_size=WEBSOCKET_LIMIT,
        timeout_graceful_shutdown=3,
    )
    _Announcing(config, began).run()
