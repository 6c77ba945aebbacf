"""Percentiles of small samples. Imports nobody."""

from collections.abc import Sequence

import numpy as np


def p50_p95(values: Sequence[float]) -> dict[str, float | None]:
    """Returns {"p50", "p95"} with linear interpolation, rounded to 0.1; None without values."""
    if not values:
        return {"p50": None, "p95": None}
    p50, p95 = np.percentile(np.asarray(values, np.float64), (50, 95))
    return {"p50": round(float(p50), 1), "p95": round(float(p95), 1)}
