"""The one tree of errors, sorted by who must act.

DigitizerError
├── UsageError              the person at the keyboard: wrong arguments or settings       (exit 2)
├── MissingDependencyError  the operator: a tool, model or server is missing or down      (exit 3)
├── Refusal                 the sender: this input cannot be taken, with a stable code    (exit 1)
├── PageError               one page failed; the other pages go on                        (exit 1)
├── FixityError             the operator: stored bytes differ from their digest
├── ConflictError           us: somebody else committed first; read again and decide
└── NotFoundError           the caller: no such object, document or page
"""

from __future__ import annotations

import errno
from enum import StrEnum

__all__ = [
    "Code",
    "ConflictError",
    "DigitizerError",
    "FixityError",
    "MissingDependencyError",
    "NotFoundError",
    "PageError",
    "Refusal",
    "UsageError",
]


class Code(StrEnum):
    """Stable codes of refusals and page failures; `docs/errors.md` explains each one."""

    EMPTY = "E-EMPTY"
    TRUNC = "E-TRUNC"
    TYPE = "E-TYPE"
    EXT = "E-EXT"
    SIZE = "E-SIZE"
    PIXELS = "E-PIXELS"
    BOMB = "E-BOMB"
    PAGES = "E-PAGES"
    ENCRYPTED = "E-ENCRYPTED"
    SIGNED = "E-SIGNED"
    ACTIVE = "E-ACTIVE"
    MALFORMED = "E-MALFORMED"
    POLYGLOT = "E-POLYGLOT"
    NAME = "E-NAME"
    CHECKSUM = "E-CHECKSUM"
    DUP = "E-DUP"
    QUOTA = "E-QUOTA"
    TIMEOUT = "E-TIMEOUT"
    OOM = "E-OOM"
    TOOL = "E-TOOL"
    FIXITY = "E-FIXITY"
    STORAGE = "E-STORAGE"
    DENIED = "E-DENIED"
    CLASSIFIED = "E-SECRET"


class DigitizerError(Exception):
    """Any error this system raises on purpose; its text is one line that says what to do."""

    exit_status = 1


class UsageError(DigitizerError):
    """Arguments or settings are wrong."""

    exit_status = 2


class MissingDependencyError(DigitizerError):
    """A tool, language model or server that the work needs is missing or down."""

    exit_status = 3


class _CodedError(DigitizerError):
    def __init__(self, code: Code, message: str) -> None:
        super().__init__(message)
        self.code = code
        self.message = message

    def __reduce__(self) -> tuple[type[_CodedError], tuple[Code, str]]:
        """Keep the code when the error crosses a process boundary."""
        return type(self), (self.code, self.message)


class Refusal(_CodedError):  # noqa: N818 - the word of the field; its code says what is wrong
    """An input that cannot be taken, whole, with the reason and what its sender can do."""


class PageError(_CodedError):
    """One page that could not be taken, read or written; its document goes on."""


class FixityError(DigitizerError):
    """Stored bytes differ from the digest they were stored under."""


class ConflictError(DigitizerError):
    """Another worker or caller committed first."""


class NotFoundError(DigitizerError):
    """There is no such object, document or page."""


_DO = {
    errno.ENOSPC: "make room",
    errno.EDQUOT: "make room, or ask for a larger quota",
    errno.ENOENT: "the folder is gone: mount the disk or make it again",
    errno.ENOTDIR: "a file is where a folder should be: move it away",
    errno.ESTALE: "the share went away: mount it again",
    errno.EACCES: "give this user the right to write there",
    errno.EPERM: "give this user the right to write there",
    errno.EROFS: "mount the disk for writing, or choose another folder",
    errno.EIO: "look at the disk, or choose another",
    errno.ENAMETOOLONG: "choose a shorter folder",
    errno.EMFILE: "raise the limit on open files",
}


def what_to_do(error: OSError) -> str:
    """The system's word for what went wrong, and what a person can do about it.

    >>> what_to_do(OSError(errno.ENOSPC, "No space left on device"))
    'No space left on device: make room'
    """
    said = error.strerror or type(error).__name__
    return f"{said}: {_DO.get(error.errno or 0, 'see that the folder can be written')}"
