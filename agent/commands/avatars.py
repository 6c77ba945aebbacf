"""What `visavis clone` and `visavis avatars` do."""

import getpass
from pathlib import Path

import typer

from agent.avatars.booth import draw_portrait
from agent.avatars.clone import Photos, clone
from agent.avatars.record import STATEMENT, Consent, agreed, clean_name
from agent.avatars.store import AvatarStore, utc_now
from agent.errors import BadRequest, ConsentRequired
from agent.settings import Settings
from render.face.bundle import dump_bundle


def clone_command(
    settings: Settings,
    photo: Path,
    name: str,
    *,
    smiling: Path | None = None,
    open_mouth: Path | None = None,
    consent: str | None = None,
    consent_by: str | None = None,
    out: Path | None = None,
    shared: bool = False,
) -> None:
    """Makes an avatar of a photo, keeps it, and says where.

    Args:
        settings: Whose data folder keeps it.
        photo: A calm face that looks into the camera.
        name: Of the avatar.
        smiling: A photo of the same person that shows the teeth.
        open_mouth: A photo of the same person that shows the inside of the mouth.
        consent: The statement in full; asked for where it is None.
        consent_by: Who agrees; the user of this machine where it is None.
        out: A further place for the `.avatar` file.
        shared: Whether everybody who opens the page may choose this face.

    Raises:
        ConsentRequired: Nobody agreed; nothing was read or written.
        BadRequest: The name cannot be shown, or `out` cannot be written.
        BadPhoto: A photo cannot be used; nothing was written.
    """
    shown = clean_name(name)
    if out is not None and (out.is_dir() or not out.parent.is_dir()):
        raise BadRequest(f"{out} cannot be written.")
    agreement = _ask(consent, consent_by or getpass.getuser())
    try:
        made = clone(Photos(photo, smiling, open_mouth), shown, agreement)
    except OSError as error:
        raise BadRequest(f"A photo cannot be read: {error.strerror}.") from error
    data = dump_bundle(made.bundle)
    face = settings.face
    portrait = draw_portrait(made.bundle, face.width, face.height)
    store = AvatarStore(settings.avatars_dir, face.people_package)
    record, _ = store.add(data, portrait, shown, agreement, advice=made.advice, shared=shared)
    if out is not None:
        out.write_bytes(data)
    for sentence in made.advice:
        typer.secho(f"Advice: {sentence}", fg="yellow")
    typer.echo(f"{shown} was made in {made.seconds:.1f} s ({len(data) / 1000:.0f} kB):")
    typer.echo(f"  file    {out or store.bundle_file(record.id)}")
    typer.echo(f"  talk    http://localhost:{settings.server.port}/?avatar={record.id}")
    typer.echo(f"  delete  visavis avatars --delete {record.id}")


def avatars_command(settings: Settings, delete: str | None = None) -> None:
    """Lists all avatars, or deletes a clone for good.

    Raises:
        NotFound: There is no such clone.
    """
    store = AvatarStore(settings.avatars_dir, settings.face.people_package)
    if delete is not None:
        store.delete(delete)
        typer.echo("Deleted, with all that was made of it.")
        return
    for record in store.list():
        made = f"{record.created:%Y-%m-%d %H:%M}" if record.created else "AI-generated"
        agreed_by = f"agreed: {record.consent.by}" if record.consent else record.source
        typer.echo(f"{record.id:24}  {made:16}  {record.name}  ({agreed_by})")


def _ask(consent: str | None, by: str) -> Consent:
    """Returns the consent given on the command line, or asked for now."""
    refusal = ConsentRequired(f'Nothing was made. Agree with --consent "{STATEMENT}".')
    if consent is not None:
        if consent.strip().rstrip(".").casefold() != STATEMENT.casefold():
            raise refusal
        return agreed(by, utc_now())
    typer.echo("The avatar is kept on this machine only; the photo itself is not kept.")
    try:
        if not typer.confirm(f"{STATEMENT}. Do you confirm this, {by}?"):
            raise refusal
    except typer.Abort:
        raise refusal from None
    return agreed(by, utc_now())
