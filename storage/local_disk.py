"""Whether a file is on a disk of this machine: SQLite's locks and shared memory do not hold on a share."""

from __future__ import annotations

from pathlib import Path

from digitizer.errors import UsageError

__all__ = ["need_local_disk"]

_MOUNTS = Path("/proc/self/mountinfo")
_SHARES = frozenset(
    [
        *("nfs", "nfs4", "cifs", "smb3", "smbfs", "afs", "ncpfs", "ceph", "lustre", "beegfs", "gpfs"),
        *("glusterfs", "fuse.glusterfs", "fuse.sshfs", "fuse.s3fs", "fuse.rclone", "fuse.ceph-fuse"),
    ]
)


def need_local_disk(file: Path, mounts: Path = _MOUNTS) -> None:
    """Refuse a database on a network share (https://www.sqlite.org/wal.html: all users on one host).

    Where `mounts` cannot be read, as on other systems than Linux, nothing is known and nothing refused.

    Raises:
        UsageError: `file` is, or would be, on a network share.
    """
    try:
        lines = mounts.read_text("utf-8", "surrogateescape").splitlines()
    except OSError:
        return
    place = file.absolute().parent.resolve()
    held = [(mounted, kind) for mounted, kind in map(_mount, lines) if place.is_relative_to(mounted)]
    # The deepest mount holds the file; of two on one folder the later one hides the other.
    kind = max(enumerate(held), key=lambda each: (len(each[1][0].parts), each[0]))[1][1] if held else ""
    if kind in _SHARES:
        raise UsageError(
            f"the catalogue would be on a network share ({kind}), where SQLite's locks do not hold: "
            "put `home` on a disk of this machine, or name a PostgreSQL server in `database_url`"
        )


def _mount(line: str) -> tuple[Path, str]:
    """Mount point and kind of file system, see proc(5)."""
    before, _, after = line.partition(" - ")
    point = before.split(" ")[4].encode("utf-8", "surrogateescape").decode("unicode_escape")
    return Path(point), after.split(" ")[0]
