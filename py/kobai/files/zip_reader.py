"""Unpack a zip archive as np.savez writes it, everything checked before anything is inflated.

Format: PKWARE's APPNOTE, section 4.3. Python's `zipfile` is made to open as much as it can: it looks for the
archive behind other data, and reads a directory of any length. Here each byte has one meaning or the archive
is refused: one disk, no encryption, members stored or deflated that lie side by side, no zip64 directory (the
zip64 fields of np.savez are in the members' own headers only, and repeat what the directory says).

`zipfile` with caps checked before anything is inflated was tried (Python 3.11): of the hostile archives of
the tests it opens 23 that are refused here, all of two meanings: bytes before, behind or between archives; an
end record with another count, disk or length of comment; a member's own header with another CRC, size, method
or flags; a member on another disk; a packed size one too small or with bytes behind the stream; the
flag of an encrypted directory.
"""

from __future__ import annotations

import struct
import zlib
from typing import NamedTuple, NoReturn

from ..errors import NetworkFileError
from .limits import MAX_BYTES, ends_early, printable, too_large

MAX_MEMBERS = 256  # a network of 99 layers has 198
_PIECE = 4096  # bytes that are inflated at a time; they may become a thousand times as many

_LOCAL = struct.Struct("<4s5H3L2H")  # header before each member
_ENTRY = struct.Struct("<4s6H3L5H2L")  # of the directory
_END = struct.Struct("<4s4H2LH")
_ENCRYPTED, _SIZES_FOLLOW, _UTF8 = 0x1, 0x8, 0x800
_FLAGS = _SIZES_FOLLOW | _UTF8 | 0x6  # 0x6: how hard the writer tried
_STORED, _DEFLATED = 0, 8
_VERSION = 45  # of the format, times ten: the first with zip64
_IN_ZIP64 = 0xFFFFFFFF


class Archive(NamedTuple):
    """The members by name, and the comment at the archive's end."""

    members: dict[str, memoryview]
    comment: bytes


class _Member(NamedTuple):
    name: str
    raw_name: bytes
    flags: int
    method: int
    crc: int
    packed: int
    size: int
    start: int  # of its local header


def unzip(
    data: bytes,
    most_bytes: int = MAX_BYTES,
    most_members: int = MAX_MEMBERS,
    most_unpacked: int | None = None,
) -> Archive:
    """Unpack an archive of at most `most_bytes`, whose members have no more than `most_unpacked` together.

    NetworkFileError (a sentence) for anything malformed, encrypted, too large, or unlike np.savez.
    """
    if len(data) > most_bytes:
        too_large()
    directory, count, comment = _directory(data)
    if count > most_members:
        too_large()
    members = _members(data[directory : len(data) - _END.size - len(comment)], count)
    if sum(member.size for member in members) > (most_bytes if most_unpacked is None else most_unpacked):
        too_large()

    unpacked: dict[str, memoryview] = {}
    end = 0  # of the member before
    for member in sorted(members, key=lambda member: member.start):
        if member.start < end or member.name in unpacked:
            damaged_member(member.name)
        begin = _begin(data, member)
        end = begin + member.packed
        if end > directory:
            damaged_member(member.name)
        unpacked[member.name] = _unpacked(memoryview(data)[begin:end], member)
    return Archive(unpacked, comment)


def _directory(data: bytes) -> tuple[int, int, bytes]:
    """The position of the directory, its number of entries, and the archive's comment."""
    position = data.rfind(b"PK\x05\x06", -_END.size - 0xFFFF)
    if position < 0 or position + _END.size > len(data):
        ends_early(len(data))
    end = _END.unpack_from(data, position)
    _, disk, disk_of_directory, count_here, count, size, start, comment_length = end
    comment = data[position + _END.size :]
    if disk or disk_of_directory or count_here != count or len(comment) != comment_length:
        damaged_directory()
    if start + size != position:
        damaged_directory()
    return start, count, comment


def _members(directory: bytes, count: int) -> list[_Member]:
    """The entries of the directory, which they have to fill."""
    members = []
    position = 0
    for _ in range(count):
        if position + _ENTRY.size > len(directory):
            damaged_directory()
        entry = _ENTRY.unpack_from(directory, position)
        signature, _, needed, flags, method, _, _, crc, packed, size = entry[:10]
        name_length, extra_length, comment_length, disk, _, _, start = entry[10:]
        position += _ENTRY.size
        raw_name = directory[position : position + name_length]
        position += name_length + extra_length + comment_length
        if signature != b"PK\x01\x02" or disk or position > len(directory):
            damaged_directory()
        name = _name(raw_name, flags)
        if flags & _ENCRYPTED:
            raise NetworkFileError("The .npz file is protected by a password. Save it without one.")
        if needed > _VERSION or flags & ~_FLAGS or method not in (_STORED, _DEFLATED):
            foreign_member(name)
        if method == _STORED and packed != size:
            damaged_member(name)
        members.append(_Member(name, raw_name, flags, method, crc, packed, size, start))
    if position != len(directory):
        damaged_directory()
    return members


def _name(raw: bytes, flags: int) -> str:
    try:
        name = raw.decode("utf-8" if flags & _UTF8 else "cp437")
    except UnicodeDecodeError:
        damaged_member(raw.decode("latin-1"))
    if not name or len(name) > 200 or any(character in "/\\:\0" for character in name):
        foreign_member(name)
    return name


def _begin(data: bytes, member: _Member) -> int:
    """Where the bytes of the member begin: behind its own header, which must not contradict the directory."""
    if member.start + _LOCAL.size > len(data):
        damaged_member(member.name)
    header = _LOCAL.unpack_from(data, member.start)
    signature, _, flags, method, _, _, crc, packed, size, name_length, extra_length = header
    name = member.start + _LOCAL.size
    if (signature, flags, method) != (b"PK\x03\x04", member.flags, member.method):
        damaged_member(member.name)
    if data[name : name + name_length] != member.raw_name:
        damaged_member(member.name)
    later = {0} if flags & _SIZES_FOLLOW else set()
    for said, fact in ((packed, member.packed), (size, member.size)):
        if said not in {fact, _IN_ZIP64} | later:
            damaged_member(member.name)
    if crc not in {member.crc} | later:
        damaged_member(member.name)
    return int(name + name_length + extra_length)


def _unpacked(raw: memoryview, member: _Member) -> memoryview:
    """The bytes of the member; no more of them are inflated than the directory states."""
    content = raw
    if member.method == _DEFLATED:
        content = memoryview(bytearray(member.size))
        filled = 0
        inflater = zlib.decompressobj(-zlib.MAX_WBITS)
        for start in range(0, len(raw), _PIECE):
            try:
                part = inflater.decompress(raw[start : start + _PIECE], member.size - filled + 1)
            except zlib.error:
                damaged_member(member.name)
            if filled + len(part) > member.size or inflater.unused_data:
                damaged_member(member.name)
            content[filled : filled + len(part)] = part
            filled += len(part)
        if filled != member.size or not inflater.eof:
            damaged_member(member.name)
    if zlib.crc32(content) != member.crc:
        damaged_member(member.name)
    return content.toreadonly()


def damaged_directory() -> NoReturn:
    """Raise the NetworkFileError for an archive whose table of contents is invalid."""
    raise NetworkFileError(
        "The .npz file is damaged: its table of contents cannot be read. Please save or copy it again."
    )


def damaged_member(name: str) -> NoReturn:
    """Raise the NetworkFileError for a member that contradicts the table of contents."""
    raise NetworkFileError(
        "The .npz file is damaged: {name} does not fit its table of contents. Please save or copy it again.",
        name=printable(name),
    )


def foreign_member(name: str) -> NoReturn:
    """Raise the NetworkFileError for a member of a kind that np.savez does not write."""
    raise NetworkFileError(
        "{name} in the .npz file is nothing that np.savez writes. Save the arrays again with np.savez.",
        name=printable(name) or "?",
    )
