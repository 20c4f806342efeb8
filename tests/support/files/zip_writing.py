"""Writing zip archives field by field, and a valid .npz to hide an attack in."""

from __future__ import annotations

import struct
import zlib
from dataclasses import dataclass, field, replace
from typing import Any

import numpy as np
from support.files.pickle_writing import params


def npy(header: str, content: bytes = b"", version: tuple[int, int] = (1, 0)) -> bytes:
    """An .npy file with any text for its header."""
    text = header.encode("utf-8" if version == (3, 0) else "latin-1") + b"\n"
    length = struct.pack("<H" if version == (1, 0) else "<I", len(text))
    return b"\x93NUMPY" + bytes(version) + length + text + content


def header(descr: str = "'<f8'", fortran: str = "False", shape: str = "(1,)") -> str:
    return f"{{'descr': {descr}, 'fortran_order': {fortran}, 'shape': {shape}, }}"


def array_file(array: np.ndarray) -> bytes:
    shape = "(" + "".join(f"{length}," for length in array.shape) + ")"
    return npy(header(f"'{array.dtype.str}'", "False", shape), array.tobytes())


@dataclass
class Member:
    """One member; what is None is what an honest writer puts there."""

    name: str
    content: bytes
    deflated: bool = False
    packed: bytes | None = None  # the bytes in the archive
    flags: int = 0
    method: int | None = None
    crc: int | None = None
    size: int | None = None
    local: dict[str, Any] = field(default_factory=dict)  # fields of its own header that contradict
    start: int | None = None
    packed_size: int | None = None
    disk: int = 0

    def __post_init__(self) -> None:
        if self.deflated and self.packed is None:
            deflater = zlib.compressobj(1, zlib.DEFLATED, -15)
            self.packed = deflater.compress(self.content) + deflater.flush()

    def fields(self) -> tuple[int, int, int, int]:
        """method, CRC, packed size, size."""
        packed = self.packed_bytes()
        method = self.method if self.method is not None else 8 if self.deflated else 0
        crc = zlib.crc32(self.content) if self.crc is None else self.crc
        packed_size = len(packed) if self.packed_size is None else self.packed_size
        return method, crc, packed_size, len(self.content) if self.size is None else self.size

    def packed_bytes(self) -> bytes:
        return self.content if self.packed is None else self.packed


def _raw_name(member: Member) -> bytes:
    return member.name.encode("utf-8" if member.flags & 0x800 else "cp437")


def archive(members: list[Member], comment: bytes = b"", **end: int) -> bytes:
    """A zip archive; `end` replaces fields of its end record, named as in `said` below."""
    data = b""
    entries = b""
    for member in members:
        start = len(data) if member.start is None else member.start
        own = replace(member, **member.local)
        raw = _raw_name(own)
        sizes = struct.pack("<2H3L", 0, 33, *own.fields()[1:])
        data += b"PK\x03\x04" + struct.pack("<3H", 20, own.flags, own.fields()[0]) + sizes
        data += struct.pack("<2H", len(raw), 0) + raw + member.packed_bytes()
        raw = _raw_name(member)
        sizes = struct.pack("<2H3L", 0, 33, *member.fields()[1:])
        entries += b"PK\x01\x02" + struct.pack("<4H", 20, 20, member.flags, member.fields()[0]) + sizes
        entries += struct.pack("<5H2L", len(raw), 0, 0, member.disk, 0, 0, start) + raw
    count = len(members)
    said = {"disk": 0, "directory_disk": 0, "count": count, "total": count, "size": len(entries)}
    said |= {"start": len(data), "comment_length": len(comment)} | end
    return data + entries + b"PK\x05\x06" + struct.pack("<4H2LH", *said.values()) + comment


def good_members(**options: Any) -> list[Member]:
    return [Member(f"{name}.npy", array_file(array), **options) for name, array in params().items()]


def good_archive(**options: Any) -> bytes:
    return archive(good_members(**options))
