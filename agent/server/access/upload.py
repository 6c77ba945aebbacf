"""Reads a multipart form within limits, in memory: nothing of it ever touches the disk."""

import asyncio
from collections.abc import AsyncGenerator, AsyncIterator, Collection

from fastapi import Request
from starlette.datastructures import FormData, UploadFile
from starlette.formparsers import MultiPartException, MultiPartParser
from starlette.requests import ClientDisconnect

from agent.errors import BadRequest, TooLarge

MAX_FIELDS = 8
MAX_FIELD_BYTES = 4_096
MAX_FILES = 4
UPLOAD_SECONDS = 120.0
"""A slower upload is given up, so that it holds no place for ever."""


class _InMemory(MultiPartParser):
    """Keeps files in memory; the limit of the whole body bounds them."""

    spool_max_size = 0


async def read_form(
    request: Request, max_bytes: int, files: Collection[str], fields: Collection[str]
) -> tuple[dict[str, bytes], dict[str, str]]:
    """Reads the body of a request.

    Args:
        request: With a multipart body.
        max_bytes: Of the whole body; reading stops as soon as there are more.
        files: Names of parts that may be files.
        fields: Names of parts that may be text.

    Returns:
        The files' bytes and the fields' texts that were sent, by name.

    Raises:
        TooLarge: More than `max_bytes`.
        BadRequest: No form, one that cannot be read, or with parts of other names.
    """
    if not request.headers.get("content-type", "").startswith("multipart/form-data"):
        raise BadRequest("The body must be multipart/form-data.")
    length = request.headers.get("content-length", "")
    if length.isdigit() and int(length) > max_bytes:
        raise _too_large(max_bytes)
    form = await _parse(request, max_bytes)
    sent_files: dict[str, bytes] = {}
    sent_fields: dict[str, str] = {}
    for name, value in form.multi_items():
        if name in sent_files or name in sent_fields:
            raise BadRequest("The form holds a part twice.")
        if isinstance(value, UploadFile) and name in files:
            sent_files[name] = await value.read()
        elif isinstance(value, str) and name in fields:
            sent_fields[name] = value
        else:
            raise BadRequest("The form holds a part that is not expected.")
    return sent_files, sent_fields


async def _parse(request: Request, max_bytes: int) -> FormData:
    parser = _InMemory(
        request.headers,
        _limited(request.stream(), max_bytes),
        max_files=MAX_FILES,
        max_fields=MAX_FIELDS,
        max_part_size=MAX_FIELD_BYTES,
    )
    try:
        async with asyncio.timeout(UPLOAD_SECONDS):
            return await parser.parse()
    except MultiPartException as error:
        raise BadRequest("The form cannot be read.") from error
    except ClientDisconnect:
        raise BadRequest("The upload was given up.") from None
    except TimeoutError:
        raise BadRequest("The upload took too long.") from None


async def _limited(body: AsyncIterator[bytes], max_bytes: int) -> AsyncGenerator[bytes, None]:
    left = max_bytes
    async for chunk in body:
        left -= len(chunk)
        if left < 0:
            raise _too_large(max_bytes)
        yield chunk


def _too_large(max_bytes: int) -> TooLarge:
    return TooLarge(f"All photos together may have at most {max_bytes // 2**20} MB.")
