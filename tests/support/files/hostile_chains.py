"""Pickles of containers within containers, 8,000 deep: each kind, each way to build the chain.

Python releases such a chain from within itself, one call a level. In Pyodide, where the stack is the
browser's, that ends Python; natively nothing is to be seen.
"""

from __future__ import annotations

from collections.abc import Iterator

from support.files.pickle_writing import call, group, integer, name, text

LEVELS = 8000
INSTANCE = name("two_layer_net", "TwoLayerNet") + b")\x81"
KEY = text("k")


def inward(begin: bytes, end: bytes, levels: int = LEVELS) -> bytes:
    """Containers that are begun one within the other, then closed from the innermost out."""
    return begin * levels + b"N" + end * levels


def outward(around: bytes, levels: int = LEVELS) -> bytes:
    """From the innermost out: `around` puts what the memo holds at 0 into a new container."""
    return b"](Nq\x00" + (around + b"q\x00") * levels + b"e"


def later(within: bytes, levels: int = LEVELS) -> bytes:
    """Each container is put into the one before, and only then gets something itself."""
    return b"](" + b"]q\x00" + within * levels + b"e"


def chains() -> Iterator[tuple[str, bytes]]:
    pairs = b"](" + group(KEY, b"h\x00") + b"e"
    ordered = call("collections", "OrderedDict", pairs)
    item = name("two_layer_net", "TwoLayerNet") + b"q\x02"
    yield "lists", inward(b"]", b"a")
    yield "dicts", inward(b"}" + KEY, b"s")
    yield "instances", inward(INSTANCE + b"}" + KEY, b"sb")
    yield "instances by INST", inward(b"(itwo_layer_net\nTwoLayerNet\n}" + KEY, b"sb")
    yield "instances by OBJ", inward(b"(" + name("a", "TwoLayerNet") + b"o}" + KEY, b"sb")
    yield "layers", inward(name("common.layers", "Affine") + b")\x81}" + KEY, b"sb")
    yield "lists and dicts", inward(b"]}" + KEY, b"sa")
    yield "lists in tuples", outward(b"]h\x00a\x85")
    yield "tuples of two", outward(b"]h\x00a" + b"h\x00\x86")
    yield "tuples of three", outward(b"NNh\x00\x87")
    yield "tuples by mark", outward(b"(h\x00t")
    yield "lists by mark", outward(b"(h\x00l")
    yield "lists by many", outward(b"](h\x00e")
    yield "dicts by mark", outward(b"(" + KEY + b"h\x00d")
    yield "dicts by many", outward(b"}(" + KEY + b"h\x00u")
    yield "lists from the inside out", outward(b"]h\x00a")
    yield "dicts from the inside out", outward(b"}" + KEY + b"h\x00s")
    yield "instances from the inside out", outward(INSTANCE + b"}" + KEY + b"h\x00sb")
    yield "OrderedDicts", outward(ordered)
    yield (
        "OrderedDicts of lists",
        outward(call("collections", "OrderedDict", b"](" + b"]" + KEY + b"ah\x00a" + b"e")),
    )
    yield "OrderedDicts set later", outward(call("collections", "OrderedDict") + KEY + b"h\x00s")
    yield "a list that is held already", later(b"h\x00]q\x00a")
    yield "a dict that is held already", b"](}q\x00" + (b"h\x00" + KEY + b"}q\x00s") * LEVELS + b"e"
    yield (
        "a state that is held already",
        (
            b"]("
            + item
            + b"}q\x00"
            + (b"h\x02)\x81}q\x01b" + b"q\x03h\x00" + KEY + b"h\x03s" + b"h\x01q\x00") * 4000
            + b"e"
        ),
    )
    yield (
        "an instance that is held already",
        (
            b"]("
            + item
            + b")\x81q\x00"
            + (b"h\x02)\x81q\x01h\x00}" + KEY + b"h\x01sb" + b"h\x01q\x00") * 4000
            + b"e"
        ),
    )
    yield (
        "joined at the end",
        (
            b"]("
            + b"".join(b"]p%d\n" % i for i in range(LEVELS))
            + b"".join(b"g%d\ng%d\na" % (i, i + 1) for i in range(LEVELS - 1))
            + b"e"
        ),
    )
    yield (
        "joined from both ends",
        (
            b"]("
            + b"".join(b"]p%d\n" % i for i in range(LEVELS))
            + b"".join(
                b"g%d\ng%d\na" % (i, i + 1) for i in [*range(0, LEVELS - 1, 2), *range(1, LEVELS - 1, 2)]
            )
            + b"e"
        ),
    )
    yield "a list in itself", b"]q\x00h\x00a"
    yield "a dict in itself", b"}q\x00" + KEY + b"h\x00s"
    yield "an instance in itself", INSTANCE + b"q\x00}" + KEY + b"h\x00sb"
    yield "two lists in each other", b"]q\x00]q\x01h\x00aa"
    yield "a ring of lists", (b"](" + b"]q\x01q\x00" + b"h\x00]q\x00a" * LEVELS + b"h\x00h\x01a" + b"e")
    yield "arguments of a call", name("_codecs", "encode") + outward(b"h\x00\x85") + b"R"
    yield "33 lists", inward(b"]", b"a", 33)
    yield "33 dicts", inward(b"}" + KEY, b"s", 33)
    yield "33 tuples", b"N" + b"\x85" * 33
    yield "17 instances", inward(INSTANCE + b"}" + KEY, b"sb", 17)


def wide() -> Iterator[tuple[str, bytes]]:
    """As many containers as the instructions allow, side by side."""
    for what, one in (
        ("lists", b"]"),
        ("dicts", b"}"),
        ("tuples", b"N\x85"),
        ("pairs of a tuple", b"h\x00\x85"),
    ):
        count = 190_000 // len(one.replace(b"h\x00", b"h"))
        yield f"many {what}", b")q\x00" + b"](" + one * count + b"e" + integer(0) + b")R"
    yield "one list many times", b"]q\x00](" + b"h\x00" * 190_000 + b"e" + integer(0) + b")R"
    yield "one list many lists", b"]q\x00](" + b"]h\x00a" * 60_000 + b"e" + integer(0) + b")R"
    yield (
        "many arrays",
        (
            name("numpy._core.multiarray", "_reconstruct")
            + b"q\x01"
            + name("numpy", "ndarray")
            + b"q\x02"
            + b"K\x00\x85q\x03"
            + b"C\x01bq\x04"
            + b"]("
            + b"h\x01h\x02h\x03h\x04\x87R" * 38_000
            + b"e"
            + integer(0)
            + b")R"
        ),
    )
    yield "many instances", name("a", "TwoLayerNet") + b"q\x01](" + b"h\x01)\x81" * 64_000 + b"e" + b"N)R"
    yield "many names", b"](" + b"ca\nTwoLayerNet\n" * 190_000 + b"e" + b"N)R"
    yield (
        "many scalars",
        (
            name("numpy._core.multiarray", "scalar")
            + b"q\x01"
            + call("numpy", "dtype", text("f8"), b"\x89", b"\x88")
            + b"q\x02"
            + b"]("
            + (b"h\x01h\x02C\x08" + bytes(8) + b"\x86R") * 38_000
            + b"e"
            + b"N)R"
        ),
    )
    yield "a name of 60 MB", b"c" + b"o" * 60_000_000 + b"\nsystem\n"
    yield "a wide name of 60 MB", b"ca" + "\U0001f600".encode() * 15_000_000 + b"\nsystem\n"
    yield "a wide class of 20 MB", b"(ios\n" + "\U0001f600".encode() * 5_000_000 + b"\n"
    yield "two texts of 16 MB as a name", text("o" * 16_000_000) + text("s" * 16_000_000) + b"\x93"
    yield "a number of 20 MB", b"I" + b"1" * 20_000_000 + b"\n"
    yield "a long number of 20 MB", b"L" + b"1" * 20_000_000 + b"L\n"
    yield "a float of 20 MB", b"F" + b"1" * 20_000_000 + b"\n"
    yield "a place in the memo of 20 MB", b"Np" + b"0" * 20_000_000 + b"\n"
    yield "many long numbers", (b"I" + b"1" * 4000 + b"\n") * 15_000
    yield "many long floats", b"](" + (b"F" + b"1" * 15_000 + b"\n") * 4000 + b"e" + b"N)R"
