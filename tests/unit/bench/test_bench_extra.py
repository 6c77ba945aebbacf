"""What a command needs and is not there is said in one sentence, with the command that helps."""

import subprocess
import sys

import pytest

RUN = """
import sys
sys.modules[{package!r}] = None
from agent.cli import main
sys.argv = ["visavis", "bench", {bench!r}]
main()
"""


@pytest.mark.parametrize(("bench", "package"), [("talk", "playwright"), ("render", "skimage")])
def test_a_bench_without_its_extra_says_what_to_install(bench: str, package: str) -> None:
    script = RUN.format(package=package, bench=bench)
    done = subprocess.run([sys.executable, "-c", script], capture_output=True, text=True)
    assert done.returncode == 1
    assert "not_installed: " in done.stderr
    assert "pip install -e '.[bench]'" in done.stderr
    assert "Traceback" not in done.stderr
