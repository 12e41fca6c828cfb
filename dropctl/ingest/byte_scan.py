"""What the bytes of a workbook show, of whatever kind it is: the one door to the scans of .xlsx, .ods and .xls.

Run by the guarded child before the reader opens the file: what would kill the reader is refused here.
"""

from __future__ import annotations

from dropctl.ingest.package import read_directory
from dropctl.ingest.prescan import PackageScan, scan_workbook


def scan_bytes(data: bytes, kind: bytes) -> PackageScan:
    """Return what the bytes show beside the cells; `kind`: X for .xlsx, O for .ods, L for .xls; raises `BadPackage`."""
    if kind == b"X":
        return scan_workbook(data, read_directory(data))
    if kind == b"O":
        from dropctl.ingest.ods_scan import scan_ods

        return scan_ods(data, read_directory(data))
    from dropctl.ingest.xls_scan import scan_xls

    return scan_xls(data)
