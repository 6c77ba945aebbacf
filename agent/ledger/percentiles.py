"""Percentiles of small samples, and of the turns of each session."""

from collections.abc import Iterable, Mapping, Sequence
from typing import Any

import numpy as np


def p50_p95(values: Sequence[float]) -> dict[str, float | None]:
    """Returns {"p50", "p95"} with linear interpolation, rounded to 0.1; None without values."""
    if not values:
        return {"p50": None, "p95": None}
    p50, p95 = np.percentile(np.asarray(values, np.float64), (50, 95))
    return {"p50": round(float(p50), 1), "p95": round(float(p95), 1)}


def by_session(turns: Iterable[Mapping[str, Any]]) -> dict[str, Any]:
    """Returns for each session how long its turns and their layers took, by how they began.

    Args:
        turns: Records as `TurnRecord.as_dict` gives them.

    Returns:
        By session {"turns", "voice_to_voice_ms": {"p50", "p95"}, "layers_ms": {layer: {…}}} of
        its spoken turns; the same of its typed ones under "typed", with "text_to_voice_ms".
    """
    sessions: dict[str, dict[str, list[Mapping[str, Any]]]] = {}
    for turn in turns:
        if turn["source"] in ("voice", "text") and turn["voice_to_voice_ms"] is not None:
            own = sessions.setdefault(turn["session"], {"voice": [], "text": []})
            own[turn["source"]].append(turn)
    return {
        session: {
            **_summary("voice_to_voice_ms", records["voice"]),
            "typed": _summary("text_to_voice_ms", records["text"]),
        }
        for session, records in sessions.items()
    }


def _summary(whole: str, records: Sequence[Mapping[str, Any]]) -> dict[str, Any]:
    """Returns how many turns there are, and percentiles of the `whole` and of each layer."""
    layers = dict.fromkeys(name for each in records for name in each["layers"])
    return {
        "turns": len(records),
        whole: p50_p95([each["voice_to_voice_ms"] for each in records]),
        "layers_ms": {
            layer: p50_p95([each["layers"][layer] for each in records if layer in each["layers"]])
            for layer in layers
        },
    }
