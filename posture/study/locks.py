"""One writer at a time: a lock on a file that names its owner, and that the kernel lets go when the owner dies."""

from __future__ import annotations

import fcntl
import json
import os
import socket
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime
from pathlib import Path

from posture.errors import StoreError

LOCK = "_lock"


@contextmanager
def locked(folder: Path) -> Iterator[None]:
    """Be the one writer of a folder.

    Raises
    ------
    StoreError
        Somebody else is writing: the message names them; or there is no writing here at all.
    """
    try:
        stream = (folder / LOCK).open("a+", encoding="utf-8")
    except OSError as error:
        raise StoreError(f"{folder} cannot be written: {error.strerror or error}") from error
    with stream:
        try:
            fcntl.flock(stream, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError as error:
            stream.seek(0)
            raise StoreError(f"{folder} is being written by {_owner(stream.read())}: wait for it to end") from error
        except OSError as error:
            raise StoreError(f"{folder} is where no file can be locked: {error.strerror or error}") from error
        stream.truncate(0)
        since = datetime.now(UTC).isoformat(timespec="seconds")
        json.dump({"pid": os.getpid(), "host": socket.gethostname(), "since": since}, stream)
        stream.flush()
        yield


def _owner(text: str) -> str:
    try:
        owner = json.loads(text)
        return f"process {owner['pid']} on {owner['host']} since {owner['since']}"
    except (ValueError, KeyError, TypeError):  # it has the lock, and has not yet said who it is
        return "another process"
