"""Whether a folder lies on a network drive, where file locks cannot be trusted to keep two writers apart."""

from __future__ import annotations

import os
import sys
from pathlib import Path

_NETWORK_TYPES = {
    "nfs", "nfs4", "cifs", "smb3", "smbfs", "9p", "afs", "ceph", "glusterfs", "davfs", "ncpfs", "lustre", "gpfs",
    "fuse.sshfs", "fuse.davfs2", "fuse.davfs", "fuse.rclone", "fuse.glusterfs", "fuse.gvfsd-fuse", "fuse.s3fs",
}  # fmt: skip
_REMOTE = 4  # what Windows calls a network drive (GetDriveTypeW)
_MOUNTS = Path("/proc/self/mounts")


def network_kind(folder: Path) -> str | None:
    """Return the kind of network drive `folder` lies on, None where it is local or cannot be told (macOS)."""
    real = folder.resolve()
    if sys.platform == "win32":
        return _on_windows(real)
    try:
        return mounted_kind(str(real), _MOUNTS.read_text(encoding="utf-8", errors="replace"))
    except OSError:
        return None


def mounted_kind(path: str, mounts: str) -> str | None:
    """Return the type of the network file system that holds `path`, by the lines of /proc/self/mounts, else None."""
    best, kind = "", ""
    for line in mounts.splitlines():
        words = line.split(" ")
        if len(words) < 3:
            continue
        point = words[1].replace("\\040", " ").replace("\\011", "\t").replace("\\134", "\\")
        inside = point == "/" or path == point or path.startswith(point.rstrip("/") + "/")
        if inside and len(point) >= len(best):
            best, kind = point, words[2]
    return kind if kind in _NETWORK_TYPES else None


def _on_windows(path: Path) -> str | None:
    if sys.platform != "win32":
        return None
    import ctypes

    drive = os.path.splitdrive(path)[0]
    if drive.startswith("\\\\"):
        return drive
    return drive if ctypes.windll.kernel32.GetDriveTypeW(f"{drive}\\") == _REMOTE else None
