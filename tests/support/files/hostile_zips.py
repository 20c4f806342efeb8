""".npz files that try to run or break something, each made by code.

Each is the valid network of `good_archive` with one thing changed or one member more. The families follow
what is known of attacks on unzipping programs (overlapping members, bombs, two names for one file, paths) and
the advisories on archives with pickles (flags, CRCs and names on which two readers disagree).
"""

from __future__ import annotations

import io
import struct
import zipfile
import zlib
from collections.abc import Iterator
from dataclasses import replace

import numpy as np
from support.files.pickle_writing import _SHELL, CANARY, call, text
from support.files.zip_writing import Member, archive, array_file, good_archive, good_members, header, npy

ONE = array_file(np.zeros(1))


def _with(member: Member) -> bytes:
    return archive([*good_members(), member])


def _extra(content: bytes, **options: object) -> bytes:
    return _with(Member("extra.npy", content, **options))


def pickled_members() -> Iterator[tuple[str, bytes]]:
    attack = b"\x80\x04" + call("os", "system", text(_SHELL)) + b"."
    yield "object array", _extra(npy(header("'|O'"), attack))
    yield "object array deflated", _extra(npy(header("'|O'"), attack), deflated=True)
    yield "object array by another name", _extra(npy(header("'O8'"), attack))
    yield "structure with an object", _extra(npy(header("[('a', '|O')]"), attack))
    yield "pickle instead of npy", _extra(attack)
    yield "pickle member", _with(Member("data.pkl", attack))
    yield "pickle in W1", archive([Member("W1.npy", attack), *good_members()[1:]])
    yield "np.savez itself", _by_numpy(np.array([None, {"a": 1}], dtype=object))
    yield "header that is code", _extra(npy(f"__import__('os').system({_SHELL!r})"))
    yield "header that makes a file", _extra(npy(f"open('{CANARY}', 'w').close()"))
    yield "header in a call", _extra(npy("dict(descr='<f8', fortran_order=False, shape=(1,))", ONE))
    yield "zip in zip", _extra(good_archive())
    yield "zip member", _with(Member("more.npz", good_archive()))


def _by_numpy(array: np.ndarray) -> bytes:
    file = io.BytesIO()
    np.savez(file, extra=array)
    return file.getvalue()


def odd_headers() -> Iterator[tuple[str, bytes]]:
    shapes = {
        "negative": "(-1,)",
        "float": "(1.0,)",
        "text": "('1',)",
        "expression": "(1+0,)",
        "power": "(9**9**9,)",
        "number": "1",
        "list": "[1]",
        "huge": "(999999999999,)",
        "longer than a number": "(" + "9" * 5000 + ",)",
        "huge times zero": "(0,999999999999,)",
        "too many axes": "(" + "1," * 33 + ")",
        "nine axes": "(" + "1," * 9 + ")",
        "too long": "(2,)",
        "overflowing": "(65536,65536,65536,65536,)",
        "nested": "(" * 1000 + ")" * 1000,
        "one and a half": "(1,, 2)",
    }
    for what, shape in shapes.items():
        yield f"shape {what}", _extra(npy(header(shape=shape), bytes(8)))
    for what in (
        "'<c16'",
        "'<U1'",
        "'|S8'",
        "'<M8[s]'",
        "'<m8'",
        "'|V8'",
        "'<f16'",
        "'f8,f8'",
        "'<f3'",
        "''",
    ):
        yield f"type {what}", _extra(npy(header(what), bytes(8)))
    yield "type list", _extra(npy(header("[('a', '<f8')]"), bytes(8)))
    yield "type tuple", _extra(npy(header("('<f8', (1,))"), bytes(8)))
    yield "type None", _extra(npy(header("None"), bytes(8)))
    yield "type subarray", _extra(npy(header("'(2,)<f4'"), bytes(8)))
    yield "order number", _extra(npy(header(fortran="1"), bytes(8)))
    yield "order call", _extra(npy(header(fortran="bool(1)"), bytes(8)))
    yield "empty header", _extra(npy("", bytes(8)))
    yield "header not a dict", _extra(npy("()", bytes(8)))
    yield "key missing", _extra(npy("{'descr': '<f8', 'shape': (1,), }", bytes(8)))
    yield "key twice", _extra(npy(header()[:-1] + "'shape': (1,), }", bytes(8)))
    yield "key too many", _extra(npy(header()[:-1] + "'x': 1, }", bytes(8)))
    yield "huge header", _extra(npy(header() + " " * 20_000, bytes(8)))
    yield "huge header of version 2", _extra(npy(header() + " " * 1_000_000, bytes(8), (2, 0)))
    yield "header longer than the file", _extra(b"\x93NUMPY\1\0\xff\xff" + header().encode())
    yield "header of 4 GB", _extra(b"\x93NUMPY\2\0\xff\xff\xff\xff" + header().encode())
    yield "header not UTF-8", _extra(b"\x93NUMPY\3\0\x02\0\0\0\xff\n" + bytes(8))
    yield "version 9", _extra(npy(header(), bytes(8), (9, 0)))
    yield "version 0", _extra(b"\x93NUMPY\0\0" + ONE[8:])
    yield "no magic", _extra(bytes(100))
    yield "magic only", _extra(b"\x93NUMPY")
    yield "magic and version only", _extra(b"\x93NUMPY\1\0")
    yield "nothing", _extra(b"")
    yield "cut short", _extra(ONE[:-1])
    yield "too long by a byte", _extra(ONE + b"\0")


def lying_directories() -> Iterator[tuple[str, bytes]]:
    good = good_members()
    first, *rest = good
    deflated = replace(first, deflated=True)
    length = len(first.content)
    yield "wrong CRC", archive([replace(first, crc=1), *rest])
    yield "CRC 0", archive([replace(first, crc=0), *rest])
    yield "wrong CRC deflated", archive([replace(deflated, crc=1), *rest])
    yield "CRC differs in its own header", archive([replace(first, local={"crc": 1}), *rest])
    yield "size less", archive([replace(deflated, size=length - 1), *rest])
    yield "size more", archive([replace(deflated, size=length + 1), *rest])
    yield "size 0", archive([replace(deflated, size=0), *rest])
    yield "size 4 GB", archive([replace(deflated, size=2**32 - 1), *rest])
    yield "size differs in its own header", archive([replace(first, local={"size": 1}), *rest])
    yield "stored sizes differ", archive([replace(first, size=length - 1), *rest])
    yield "packed less", archive([replace(deflated, packed_size=len(deflated.packed_bytes()) - 1), *rest])
    yield "packed more", archive([replace(deflated, packed_size=len(deflated.packed_bytes()) + 1), *rest])
    yield "packed 4 GB", archive([replace(first, packed_size=2**32 - 1, size=2**32 - 1), *rest])
    yield "deflate stream cut", archive([replace(deflated, packed=deflated.packed_bytes()[:-3]), *rest])
    yield (
        "bytes behind the stream",
        archive([replace(deflated, packed=deflated.packed_bytes() + b"x"), *rest]),
    )
    yield "not a deflate stream", archive([replace(deflated, packed=b"\xff" * 100), *rest])
    yield "name differs in its own header", archive([replace(first, local={"name": "b9.npy"}), *rest])
    yield "method differs in its own header", archive([replace(first, local={"method": 8}), *rest])
    yield "flags differ in its own header", archive([replace(first, local={"flags": 0x800}), *rest])
    yield "start past the end", archive([replace(first, start=2**32 - 2), *rest])
    yield "start in the directory", archive([replace(first, start=len(archive(good)) - 100), *rest])
    yield "start off by one", archive([replace(first, start=1), *rest])
    yield "two names for the same bytes", archive([*good, replace(first, name="W1.npy", start=0)])
    yield "other name for the same bytes", archive([*good, replace(first, name="W9.npy", start=0)])
    inner = array_file(np.zeros(4))
    outer = Member("outer.npy", archive([Member("inner.npy", inner)]))
    place = len(archive(good)[: archive(good).index(b"PK\x01\x02")]) + 30 + len("outer.npy")
    yield "member within a member", archive([*good, outer, Member("inner.npy", inner, start=place)])
    yield "duplicate name", archive([*good, first])
    yield "duplicate with other numbers", archive([*good, replace(first, content=ONE)])
    yield "member on disk 1", archive([replace(first, disk=1), *rest])
    for what in ("disk", "directory_disk", "count", "total", "size", "start", "comment_length"):
        yield f"end record: {what} 9", archive(good, **{what: 9})
        yield f"end record: {what} 65535", archive(good, **{what: 65535})
    yield "zip64 end record", archive(good, count=65535, total=65535, size=2**32 - 1, start=2**32 - 1)
    yield "count less", archive(good, count=3, total=3)
    yield "count more", archive(good, count=5, total=5)
    yield "no end record", archive(good)[:-22]
    yield "bytes behind the end", archive(good) + b"\0"
    yield "bytes before the start", b"PK\x03\x04" + bytes(64) + archive(good)
    yield "two archives", archive(good) + archive(good)
    yield "end record in the comment", archive(good, comment=archive(good)[-22:])
    yield "end record only", b"PK\x05\x06" + bytes(18)
    yield "local header only", b"PK\x03\x04" + bytes(26) + b"W1.npy"
    yield "PK only", b"PK"


def odd_members() -> Iterator[tuple[str, bytes]]:
    names = (
        *("../W3.npy", "/etc/W3.npy", "C:\\W3.npy", "a/W3.npy", "a\\W3.npy", "C:W3.npy", "__MACOSX/._W1.npy"),
        *("W3.npy/", "W3.npy\0.pkl", "W3", "W3.NPY", "W3.pkl", "W3.npy.exe", "", "x" * 5000 + ".npy"),
    )
    for name in names:
        yield f"name {name[:20]!r}", _with(Member(name, ONE, flags=0x800))
    yield (
        "name not UTF-8",
        _with(Member("W3.npy", ONE))
        .replace(b"W3.npy", b"W\xff.npy")
        .replace(*(struct.pack("<4H", 20, 20, flags, 0) for flags in (0, 0x800))),
    )
    yield "encrypted", _with(Member("W3.npy", ONE, flags=1))
    yield "strongly encrypted", _with(Member("W3.npy", ONE, flags=0x41))
    yield "patch", _with(Member("W3.npy", ONE, flags=0x20))
    yield "encrypted directory", _with(Member("W3.npy", ONE, flags=0x2000))
    yield "version 13.9", good_archive().replace(b"PK\1\2" + b"\x14\0\x14", b"PK\1\2" + b"\x14\0\x8b")
    for method in (1, 6, 9, 12, 14, 93, 95, 98, 99, 65535):
        yield f"method {method}", _with(Member("W3.npy", ONE, method=method))
    for name, how in (("bzip2", zipfile.ZIP_BZIP2), ("lzma", zipfile.ZIP_LZMA)):
        file = io.BytesIO()
        with zipfile.ZipFile(file, "w", how) as made:
            made.writestr("W1.npy", ONE)
        yield f"compressed by {name}", file.getvalue()


def bombs() -> Iterator[tuple[str, bytes]]:
    million = bytes(1_000_000)
    yield "one member of 1 GB", _extra(million, packed=_ZEROS_1_GB, method=8, size=1_000_000_000)
    yield "1 GB that says 1 MB", _extra(million, packed=_ZEROS_1_GB, method=8)
    yield "1 GB that says 60 MB", _extra(b"", packed=_ZEROS_1_GB, method=8, size=60_000_000)
    yield (
        "200 members of 10 MB",
        archive(
            [Member(f"a{i}.npy", b"", packed=_ZEROS_10_MB, method=8, size=10_000_000) for i in range(200)]
        ),
    )
    kernel = Member("a0.npy", million, deflated=True)
    yield (
        "overlapping members",
        archive([kernel, *(replace(kernel, name=f"a{i}.npy", start=0) for i in range(1, 60))]),
    )
    yield "2,000 empty members", archive([Member(f"{i}.npy", b"") for i in range(2000)])
    yield (
        "array of 8 million and one",
        _extra(npy(header("'|u1'", shape="(8388609,)"), bytes(8388609)), deflated=True),
    )
    yield "60 MB of nothing that is an array", _extra(bytes(60_000_000), deflated=True)
    yield "object array of 60 MB", _extra(npy(header("'|O'"), bytes(60_000_000)), deflated=True)
    numbers = npy(header("'<f8'", shape="(784, 9000)"), bytes(784 * 9000 * 8))
    yield "56 MB of weights without biases", archive([Member("W1.npy", numbers, deflated=True)])
    numbers = numbers[:-8] + struct.pack("<d", np.nan)
    biases = Member("b1.npy", npy(header("'<f8'", shape="(9000,)"), bytes(9000 * 8)))
    yield "56 MB with one NaN", archive([Member("W1.npy", numbers, deflated=True), biases])
    yield "header of 9 KB of digits", _extra(npy(header(shape="(" + "1" * 9000 + ",)")))
    yield "header of 9 KB of commas", _extra(npy(header(shape="(" + "1, " * 3000 + "x)")))
    yield "header of 9 KB of brackets", _extra(npy(header("[" * 4500 + "]" * 4500)))
    yield "header of 9 KB of quotes", _extra(npy(header("'" * 9000)))
    yield "header of 9 KB of spaces", _extra(npy(header() + " " * 9000 + "x"))


def _deflated_zeros(megabytes: int) -> bytes:
    """The deflate stream of so many million zeros, about a thousandth as long."""
    deflater = zlib.compressobj(9, zlib.DEFLATED, -15)
    million = deflater.compress(bytes(1_000_000)) + deflater.flush(zlib.Z_FULL_FLUSH)
    return million * megabytes + deflater.flush()


_ZEROS_10_MB, _ZEROS_1_GB = _deflated_zeros(10), _deflated_zeros(1000)

FAMILIES = (pickled_members, odd_headers, lying_directories, odd_members, bombs)


def corpus() -> Iterator[tuple[str, bytes]]:
    """(label, file) of every attack."""
    for family in FAMILIES:
        for label, data in family():
            yield f"{family.__name__}: {label}", data
