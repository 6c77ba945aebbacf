"""A language model endpoint of one's own, which looks something up before it answers.

It speaks the OpenAI protocol, so anything can stand behind it; this one knows a single trick. The
tool is a Python function that Visavis runs when the model asks for it. From this folder:

    uvicorn own_llm:app --port 9000
    VISAVIS_MIND__BASE_URL=http://localhost:9000/v1 VISAVIS_MIND__MODEL=mine \\
        VISAVIS_MIND__TOOLS='["own_llm:opening_hours"]' PYTHONPATH=. visavis serve

Then ask "When do you open on Monday?"
"""

import json
from collections.abc import Iterator
from typing import Any

from fastapi import FastAPI
from fastapi.responses import StreamingResponse

app = FastAPI()


def opening_hours(day: str) -> str:
    """Tells when the museum is open.

    Args:
        day: Of the week, in English.
    """
    return "closed" if day.lower() == "monday" else "open from ten to six"


@app.post("/v1/chat/completions")
def complete(request: dict[str, Any]) -> StreamingResponse:
    """Answers as a model would, word by word."""
    last = request["messages"][-1]
    deltas: list[dict[str, Any]]
    if last["role"] == "tool":
        words = f"On that day we are {last['content']}.".split()
        deltas = [{"content": f"{word} "} for word in words]
    else:
        day = next((word for word in last["content"].split() if "day" in word.lower()), "today")
        arguments = json.dumps({"day": day.strip(".,?!").capitalize()})
        function = {"name": "opening_hours", "arguments": arguments}
        call = {"index": 0, "id": "c1", "type": "function", "function": function}
        deltas = [{"tool_calls": [call]}]
    return StreamingResponse(_stream(deltas), media_type="text/event-stream")


def _stream(deltas: list[dict[str, Any]]) -> Iterator[str]:
    for delta in deltas:
        choice = {"index": 0, "delta": delta, "finish_reason": None}
        chunk = {"id": "1", "object": "chat.completion.chunk", "created": 1, "model": "mine"}
        yield f"data: {json.dumps(chunk | {'choices': [choice]})}\n\n"
    yield "data: [DONE]\n\n"
