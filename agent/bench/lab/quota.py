"""A CPU quota over a benchmark and all that it starts, so that a slower machine is at hand.

Linux's control groups hold the processes back (`cpu.cfs_quota_us` of version 1, `cpu.max` of
version 2), in periods short enough to feel like a slower clock and not like a stutter.
"""

import os
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path

from agent.errors import BadRequest, NotInstalled

PERIOD_US = 10_000
"""Microseconds in which the quota is dealt out."""
LEAST_CORES = 0.25
CGROUPS = Path("/proc/self/cgroup")
MOUNTS = Path("/proc/mounts")


@contextmanager
def quota(cores: float | None) -> Iterator[None]:
    """Holds this process, and whatever it starts within the block, to some cores.

    Args:
        cores: Seconds of processor time in a second, of all processes together; None for all.

    Raises:
        BadRequest: Fewer than a quarter, or more than there are.
        NotInstalled: This machine lets nobody make a control group.
    """
    if cores is None:
        yield
        return
    if not LEAST_CORES <= cores <= (os.cpu_count() or 1):
        raise BadRequest(f"--cores must lie between {LEAST_CORES} and {os.cpu_count()}.")
    home = _home()
    group = home / f"visavis-bench-{os.getpid()}"
    limit = round(cores * PERIOD_US)
    try:
        group.mkdir()
        if (group / "cpu.cfs_quota_us").exists():
            (group / "cpu.cfs_period_us").write_text(str(PERIOD_US))
            (group / "cpu.cfs_quota_us").write_text(str(limit))
        else:
            (group / "cpu.max").write_text(f"{limit} {PERIOD_US}")
    except OSError as error:
        raise NotInstalled(
            "A CPU quota needs the right to make a control group; run it as root, "
            f"or leave out --cores ({error.strerror})."
        ) from error
    (group / "cgroup.procs").write_text(str(os.getpid()))
    try:
        yield
    finally:
        _empty(group, home)
        group.rmdir()


def _empty(group: Path, home: Path) -> None:
    """Moves this process, and what it started and left running, out of the group."""
    for pid in (group / "cgroup.procs").read_text().split():
        with suppress(ProcessLookupError):
            (home / "cgroup.procs").write_text(pid)


def _home() -> Path:
    """Returns the folder of the control group this process is in, for the CPU controller."""
    mounts = [line.split() for line in MOUNTS.read_text().splitlines()]
    points = {
        ("cpu" if kind == "cgroup" else ""): Path(point)
        for _, point, kind, options, *_ in mounts
        if kind == "cgroup2" or (kind == "cgroup" and "cpu" in options.split(","))
    }
    for line in CGROUPS.read_text().splitlines():
        _, controllers, path = line.split(":", 2)
        key = "cpu" if "cpu" in controllers.split(",") else controllers
        if key in points and (key == "cpu" or "cpu" not in points):
            return points[key] / path.lstrip("/")
    raise NotInstalled("This machine has no control groups for --cores.")
