"""Software of others that a page may run: `/vendor/` says what is here, and what lies below is it.

MediaPipe reads a face off a camera inside the browser, so that no picture leaves the device. It is
here where somebody ran `npm ci` in `web/`. The one script that runs it has a content policy of its
own: WebAssembly, and no connection to anywhere but this server.
"""

from pathlib import Path
from typing import Final

from fastapi import FastAPI
from fastapi.responses import FileResponse

from agent.errors import NotFound
from agent.settings import REPOSITORY
from render.face.landmarks import landmarker_file

WORKER: Final = "/camera/face-worker.js"
"""Runs MediaPipe, in a thread of its own."""
MEDIAPIPE: Final = REPOSITORY / "web" / "node_modules" / "@mediapipe" / "tasks-vision"
MODULES: Final = ("vision_bundle.mjs", "wasm/vision_wasm_module_internal.js")
WASM: Final = "wasm/vision_wasm_module_internal.wasm"
MODEL: Final = "face_landmarker.task"
JAVASCRIPT: Final = "text/javascript"
WORKER_POLICY: Final = (
    "default-src 'none'; script-src 'self' 'wasm-unsafe-eval'; connect-src 'self'"
)
KEPT: Final = {"Cache-Control": "public, max-age=3600"}
"""These are large and change with an installation only."""


def add_vendor_routes(app: FastAPI, mediapipe: Path = MEDIAPIPE) -> None:
    """Adds the routes of this file; before the folder of the worker, whose file is one of them.

    Args:
        app: The application.
        mediapipe: The folder of the npm package `@mediapipe/tasks-vision`, there or not.
    """
    here = mediapipe.is_dir()
    types = dict.fromkeys(MODULES, JAVASCRIPT) | {WASM: "application/wasm"}

    @app.get("/vendor/")
    async def vendor() -> dict[str, bool]:
        return {"mediapipe": here}

    @app.get("/vendor/mediapipe/{name:path}")
    async def file(name: str) -> FileResponse:
        if here and name in types:
            return FileResponse(mediapipe / name, media_type=types[name], headers=KEPT)
        if here and name == MODEL:
            return FileResponse(landmarker_file(), headers=KEPT)
        raise NotFound("Nothing is here.")

    @app.get(WORKER)
    async def worker() -> FileResponse:
        headers = {"Content-Security-Policy": WORKER_POLICY}
        path = REPOSITORY / "web" / WORKER.removeprefix("/")
        return FileResponse(path, media_type=JAVASCRIPT, headers=headers)
