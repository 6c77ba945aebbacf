"""The `visavis` command."""

import asyncio
import sys
from pathlib import Path
from typing import Annotated

import typer

from agent.bench.commands import Json, bench, print_figures

app = typer.Typer(
    no_args_is_help=True,
    add_completion=False,
    help="The open, self-hosted agent with a face.",
)
app.add_typer(bench, name="bench")
ledger = typer.Typer(no_args_is_help=True, help="Where the milliseconds of each turn went.")
app.add_typer(ledger, name="ledger")
train = typer.Typer(no_args_is_help=True, help="Train the models that ship with the package.")
app.add_typer(train, name="train")

BENCH_PACKAGES = ("playwright", "jiwer", "skimage")
"""What the extra `bench` installs, as it is imported."""

FilmPath = Annotated[Path, typer.Option("-o", "--out", help=".mp4 or .webm to write.")]
FilmAvatar = Annotated[str, typer.Option(help="vera, joe, mina or a .avatar file.")]
FilmSize = Annotated[str, typer.Option(help="WIDTHxHEIGHT in pixels; square, wide, portrait.")]
FilmBackground = Annotated[
    str | None,
    typer.Option(help="photo, #rrggbb or a picture's file; into a .webm also transparent."),
]
LedgerSource = Annotated[
    str | None,
    typer.Option("--from", help="JSON lines or a server's URL; the settings' by default."),
]


def main() -> None:
    """Entry point; a typed error becomes one sentence and exit status 1."""
    from agent.errors import VisavisError

    try:
        _run()
    except VisavisError as error:
        typer.secho(f"{error.code}: {error.message}", err=True, fg="red")
        sys.exit(1)


def _run() -> None:
    """Runs the command; the package of an extra that is missing is a typed error."""
    from agent.errors import NotInstalled

    try:
        app()
    except ModuleNotFoundError as error:
        if (error.name or "").partition(".")[0] not in BENCH_PACKAGES:
            raise
        raise NotInstalled(
            f"This needs {error.name}, which the installation left out; run: "
            "pip install -e '.[bench]'"
        ) from None


@app.command()
def serve(
    host: Annotated[str | None, typer.Option(help="Address to listen on.")] = None,
    port: Annotated[int | None, typer.Option(help="Port to listen on.")] = None,
) -> None:
    """Start the server and print its URL."""
    from agent.server.serve import run
    from agent.settings import Settings

    settings = Settings()
    changes = {"host": host, "port": port}
    server = settings.server.model_copy(
        update={name: value for name, value in changes.items() if value is not None}
    )
    run(settings.model_copy(update={"server": server}))


@app.command()
def say(
    text: Annotated[str, typer.Argument(help="What the face says.")],
    out: FilmPath = Path("out.mp4"),
    persona: Annotated[str, typer.Option(help="Whose face and voice.")] = "vera",
    size: FilmSize = "square",
    background: FilmBackground = None,
) -> None:
    """Write a video of the face saying TEXT: an .mp4, or a .webm that may be transparent."""
    from agent.commands.say import say_to_file
    from agent.settings import Settings

    asyncio.run(say_to_file(Settings(), text, out, persona, size, background))


@app.command("render")
def render_sound(
    sound: Annotated[Path, typer.Argument(help="A file with speech: wav, mp3, flac, ogg ...")],
    out: FilmPath = Path("out.mp4"),
    avatar: FilmAvatar = "vera",
    size: FilmSize = "square",
    background: FilmBackground = None,
) -> None:
    """Write a film of a face saying what SOUND holds."""
    from agent.commands.render import render_to_file
    from agent.settings import Settings

    render_to_file(Settings(), sound, out, avatar, size, background)


@app.command()
def clone(
    photo: Annotated[Path, typer.Argument(help="One person, from the front.")],
    name: Annotated[str, typer.Option(help="What the avatar is called.")],
    smiling: Annotated[Path | None, typer.Option(help="The same person smiling.")] = None,
    open_mouth: Annotated[Path | None, typer.Option(help="With the mouth open.")] = None,
    consent: Annotated[
        str | None, typer.Option(help="The statement of consent; asked for if left out.")
    ] = None,
    consent_by: Annotated[str | None, typer.Option(help="Who gives it.")] = None,
    out: Annotated[Path | None, typer.Option("-o", "--out", help="Also write a .avatar.")] = None,
    shared: Annotated[bool, typer.Option(help="Offer the avatar to every visitor.")] = False,
) -> None:
    """Make an avatar from one photo."""
    from agent.commands.avatars import clone_command
    from agent.settings import Settings

    clone_command(
        Settings(),
        photo,
        name,
        smiling=smiling,
        open_mouth=open_mouth,
        consent=consent,
        consent_by=consent_by,
        out=out,
        shared=shared,
    )


@app.command()
def drive(
    source: Annotated[str, typer.Argument(help="A video of a face, or the number of a camera.")],
    out: FilmPath = Path("out.mp4"),
    avatar: FilmAvatar = "vera",
    size: FilmSize = "square",
    background: FilmBackground = None,
) -> None:
    """Let the person in a video move an avatar."""
    from agent.commands.drive import drive_to_file
    from agent.settings import Settings

    drive_to_file(Settings(), source, out, avatar, size, background)


@app.command("contact-sheet")
def contact_sheet(
    avatar: Annotated[str, typer.Argument(help="vera, joe, mina or a .avatar file.")],
    out: Annotated[Path, typer.Option("-o", "--out", help="PNG to write.")] = Path("sheet.png"),
    background: FilmBackground = None,
) -> None:
    """Draw an avatar's visemes, emotions and poses on one sheet."""
    from agent.commands.contact_sheet import write_contact_sheet
    from agent.settings import Settings

    write_contact_sheet(Settings(), avatar, out, background)


@app.command()
def avatars(
    delete: Annotated[str | None, typer.Option(help="Id of a clone to delete for good.")] = None,
) -> None:
    """List the avatars, or delete one."""
    from agent.commands.avatars import avatars_command
    from agent.settings import Settings

    avatars_command(Settings(), delete)


@app.command()
def prepare() -> None:
    """Make once what the first start would wait for; the installation runs this."""
    from agent.commands.prepare import prepare as make
    from agent.settings import Settings

    make(Settings())


@app.command()
def read(
    text: Annotated[str, typer.Argument(help="What a persona or a model wrote.")],
    language: Annotated[str, typer.Option(help="BCP 47 tag.")] = "en",
) -> None:
    """Print what a voice would say of a text."""
    from agent.commands.read import read_aloud

    typer.echo(read_aloud(text, language))


@app.command()
def settings() -> None:
    """Print every setting with its default, to start a visavis.toml from."""
    from agent.commands.settings import example

    typer.echo(example(), nl=False)


@app.command()
def doctor() -> None:
    """Check that everything needed is here and works."""
    from agent.commands.doctor import examine
    from agent.settings import Settings

    if not asyncio.run(examine(Settings())):
        sys.exit(1)


@ledger.command("show")
def ledger_show(
    turn: Annotated[int, typer.Argument(help="Number of the turn.")],
    out: Annotated[
        Path | None, typer.Option("-o", "--out", help="SVG to write; text if left out.")
    ] = None,
    session: Annotated[str | None, typer.Option(help="Id; the latest with that turn.")] = None,
    source: LedgerSource = None,
) -> None:
    """Show where the milliseconds of one turn went."""
    from agent.commands.ledger import show
    from agent.settings import Settings

    typer.echo(show(Settings(), turn, source, session, out))


@ledger.command("summary")
def ledger_summary(source: LedgerSource = None, as_json: Json = False) -> None:
    """Percentiles of each session: whole turns, and each layer."""
    from agent.commands.ledger import summary
    from agent.settings import Settings

    print_figures(summary(Settings(), source), as_json)


@train.command()
def motion(
    hours: Annotated[float, typer.Option(help="How long to train, lessons not counted.")] = 1.0,
    resume: Annotated[bool, typer.Option("--resume", help="Go on from the checkpoint.")] = False,
    seed: Annotated[int, typer.Option(help="Of weights, batches and noise.")] = 0,
) -> None:
    """Train the audio-to-motion model on speech made here."""
    import logging

    from agent.commands.train import train_motion
    from agent.settings import Settings

    logging.basicConfig(level=logging.INFO, format="%(message)s")
    settings = Settings()
    folder = settings.server.data_dir / "motion"
    typer.echo(train_motion(folder, settings.mind.prompts_dir, hours, resume, seed))


if __name__ == "__main__":
    main()
