"""`visavis bench`: the commands that measure what the documentation claims."""

import asyncio
import json
from typing import Annotated, Any

import typer

from agent.bench.speedups import Speedup

bench = typer.Typer(
    no_args_is_help=True, help="Measure what the documentation claims; prints JSON."
)
Json = Annotated[bool, typer.Option("--json", help="One line of JSON instead of a readable tree.")]
Cores = Annotated[
    float | None,
    typer.Option(help="Processor cores for everything together, as on a slower machine: 1.25."),
]


def print_figures(result: dict[str, Any], as_json: bool) -> None:
    """Prints what was measured, on one line or as a tree."""
    typer.echo(json.dumps(result, indent=None if as_json else 2))


@bench.command()
def talk(
    turns: Annotated[int, typer.Option(min=1, help="How many questions are asked.")] = 20,
    network: Annotated[
        str | None, typer.Option(help="RTT_MS,LOSS that sound and picture pass: 80,0.02.")
    ] = None,
    without: Annotated[
        list[Speedup] | None, typer.Option(help="Switch this off, to see what it is worth.")
    ] = None,
    cores: Cores = None,
    as_json: Json = False,
) -> None:
    """Talk to the server through a real browser and measure every layer."""
    from agent.bench.talk import run
    from agent.settings import Settings

    print_figures(asyncio.run(run(Settings(), turns, network, without or [], cores)), as_json)


@bench.command()
def turns(as_json: Json = False) -> None:
    """Take the turns of a labelled set, in virtual time, beside what silence alone does."""
    from agent.bench.turns import run
    from agent.settings import Settings

    print_figures(asyncio.run(run(Settings())), as_json)


@bench.command()
def answers(
    spoken: Annotated[
        bool, typer.Option("--spoken", help="Say the questions; ask what the recogniser wrote.")
    ] = False,
    as_json: Json = False,
) -> None:
    """Ask both personas held-out questions, in scope, out of scope and small talk."""
    from agent.bench.answers import run
    from agent.settings import Settings

    print_figures(asyncio.run(run(Settings(), spoken=spoken)), as_json)


@bench.command()
def render(
    size: Annotated[str, typer.Option(help="WIDTHxHEIGHT in pixels.")] = "1280x720",
    seconds: Annotated[float, typer.Option(min=1, help="How much speech is drawn.")] = 10.0,
    as_json: Json = False,
) -> None:
    """Draw a talking face on one thread; make clones of photos."""
    from agent.bench.render import run
    from agent.settings import Settings

    print_figures(asyncio.run(run(Settings(), size, seconds)), as_json)


@bench.command()
def poses(as_json: Json = False) -> None:
    """Draw every default person in sixty poses; print a digest of the pictures."""
    from agent.bench.poses import run
    from agent.settings import Settings

    print_figures(run(Settings()), as_json)


@bench.command()
def face(as_json: Json = False) -> None:
    """Read every avatar's face with a landmarker while its shapes are commanded."""
    from agent.bench.face import run
    from agent.settings import Settings

    print_figures(run(Settings()), as_json)


@bench.command()
def player(as_json: Json = False) -> None:
    """Compare the browser's pictures with the CPU renderer's, pose by pose."""
    from agent.bench.player import run
    from agent.settings import Settings

    print_figures(asyncio.run(run(Settings())), as_json)


@bench.command("motion-stream")
def motion_stream(
    loss: Annotated[float, typer.Option(min=0, max=0.9, help="Share of packets.")] = 0.05,
    as_json: Json = False,
) -> None:
    """Send motion instead of pictures: bytes, behaviour at loss, delay in a real browser."""
    from agent.bench.motion_stream import run
    from agent.settings import Settings

    print_figures(asyncio.run(run(Settings(), loss=loss)), as_json)


@bench.command()
def sessions(
    count: Annotated[int, typer.Option(min=1, help="How many visitors.")] = 8,
    seconds: Annotated[float, typer.Option(min=5, help="How long they listen.")] = 30.0,
    mode: Annotated[str, typer.Option(help="video, motion or audio.")] = "video",
    as_json: Json = False,
) -> None:
    """Have many faces speak at once on this machine."""
    from agent.bench.sessions import run
    from agent.settings import Settings

    print_figures(asyncio.run(run(Settings(), count, seconds, mode)), as_json)


@bench.command("motion")
def bench_motion(
    size: Annotated[str, typer.Option(help="WIDTHxHEIGHT in pixels.")] = "1280x720",
    as_json: Json = False,
) -> None:
    """Turn speech into motion, and motion into pictures, on one thread."""
    from agent.bench.motion import run
    from agent.settings import Settings

    print_figures(asyncio.run(run(Settings(), size)), as_json)


@bench.command()
def endless(
    minutes: Annotated[float, typer.Option(min=0.5, help="Of output; faster than that.")] = 10.0,
    as_json: Json = False,
) -> None:
    """Let one utterance go on and on; watch memory, seams and drift."""
    from agent.bench.endless import run
    from agent.settings import Settings

    print_figures(asyncio.run(run(Settings(), minutes)), as_json)


@bench.command()
def sync(as_json: Json = False) -> None:
    """Compare the generated mouth with speech it was not trained on, and with controls."""
    from agent.bench.sync import run
    from agent.settings import Settings

    print_figures(run(Settings()), as_json)
