"""Pickles that try to run or break something, each made by code.

A file is a valid network (`good_file`) with one more entry that holds the attack: whoever ignored it would
return a network. The families follow the published bypasses of pickle scanners (picklescan's and fickling's
advisories, "Sour Pickles" of Black Hat 2011, and the documentation of `pickletools`).
"""

from __future__ import annotations

import struct
from collections.abc import Iterator

from support.files.hostile_chains import chains, wide
from support.files.hostile_names import forbidden_names, runs_something
from support.files.pickle_writing import (
    EMPTY_ARRAY,
    F8,
    array_state,
    call,
    group,
    in_network,
    integer,
    name,
    raw,
    text,
)


def forbidden_instructions() -> Iterator[tuple[str, bytes]]:
    yield "EXT1", b"\x82\x01"
    yield "EXT2", b"\x83\x01\x00"
    yield "EXT4", b"\x84\x01\x00\x00\x00"
    yield "EXT1 called", b"\x82\x01)R"
    yield "PERSID", b"Pos.system\n"
    yield "BINPERSID", text("os.system") + b"Q"
    yield "DUP", b"N2" + b"0"
    yield "POP", b"NN0"
    yield "POP_MARK", b"N(N1"
    yield "EMPTY_SET", b"\x8f"
    yield "ADDITEMS", b"\x8f(K\x01\x90"
    yield "FROZENSET", b"(K\x01\x91"
    yield "NEWOBJ_EX", name("two_layer_net", "TwoLayerNet") + b")}\x92"
    yield "NEXT_BUFFER", b"\x97"
    yield "READONLY_BUFFER", raw(b"x") + b"\x98"
    yield "LONG4", b"\x8b\x01\x00\x00\x00\x01"
    yield "unknown instruction", b"\xff"
    yield "zero byte", b"\x00"


def odd_calls() -> Iterator[tuple[str, bytes]]:
    """Names on the list, used as NumPy never does."""
    ndarray, shape = name("numpy", "ndarray"), group(integer(0))
    reconstruct = ("numpy.core.multiarray", "_reconstruct")
    yield "_reconstruct of object", call(*reconstruct, name("builtins", "object"), shape, raw(b"b"))
    yield "_reconstruct of dtype", call(*reconstruct, name("numpy", "dtype"), shape, raw(b"b"))
    yield "_reconstruct of a network", call(*reconstruct, name("a", "TwoLayerNet"), shape, raw(b"b"))
    yield "_reconstruct of itself", call(*reconstruct, name(*reconstruct), shape, raw(b"b"))
    yield "_reconstruct huge", call(*reconstruct, ndarray, group(integer(2**31 - 1)), raw(b"b"))
    yield "_reconstruct negative", call(*reconstruct, ndarray, group(integer(-1)), raw(b"b"))
    yield "_reconstruct bool", call(*reconstruct, ndarray, group(b"\x89"), raw(b"b"))
    yield "_reconstruct list shape", call(*reconstruct, ndarray, b"](K\x00e", raw(b"b"))
    yield "_reconstruct few", call(*reconstruct, ndarray)
    yield "_reconstruct many", call(*reconstruct, ndarray, shape, raw(b"b"), b"N")
    yield "_reconstruct none", call(*reconstruct)
    yield "_reconstruct code int", call(*reconstruct, ndarray, shape, integer(1))
    yield "ndarray called", call("numpy", "ndarray", group(integer(2**31 - 1), integer(2**31 - 1)))
    yield "ndarray with buffer", call("numpy", "ndarray", group(integer(1)), text("O"), raw(b"\0" * 8))
    yield "ndarray by NEWOBJ", ndarray + group(group(integer(2**31 - 1))) + b"\x81"
    yield "ndarray by INST", b"(" + group(integer(8)) + b"inumpy\nndarray\n"
    yield "object called", call("builtins", "object")
    yield "object by NEWOBJ", name("builtins", "object") + b")\x81"
    yield "list as function", b"])R"
    yield "text as function", text("os.system") + b")R"
    yield "None as function", b"N)R"
    yield "array as function", EMPTY_ARRAY + b")R"
    yield "instance as function", name("a", "TwoLayerNet") + b")\x81)R"
    yield "class as function", call("a", "TwoLayerNet")
    yield "class with arguments", name("a", "TwoLayerNet") + group(integer(784), integer(2**30)) + b"\x81"
    yield "class with arguments INST", b"(" + integer(784) + b"ia\nTwoLayerNet\n"
    yield "layer called", call("common.layers", "Affine", b"N", b"N")
    yield "arguments as list", name(*reconstruct) + b"]R"
    yield "arguments as text", name("_codecs", "encode") + text("latin1") + b"R"
    yield "NEWOBJ of a function", name("_codecs", "encode") + group(text("a"), text("latin1")) + b"\x81"
    yield "OBJ of None", b"(No"
    yield "OBJ of nothing", b"(o"
    codes = "O O8 |O8 V8 S8 U8 c16 M8 m8 f16 g f8,O f8,f8 (2,)f8 i16 f3 f 8 f8x object >f8 \u0660 float64"
    for code in codes.split():
        yield f"dtype {code}", call("numpy", "dtype", text(code), b"\x89", b"\x88")
    yield "dtype of a list", call("numpy", "dtype", b"](" + group(text("a"), text("O")) + b"e")
    yield "dtype of a dict", call("numpy", "dtype", b"}" + text("names") + b"]s")
    yield "dtype of ndarray", call("numpy", "dtype", ndarray)
    yield "dtype of a number", call("numpy", "dtype", integer(8))
    yield "dtype of nothing", call("numpy", "dtype")
    yield "dtype with metadata", call("numpy", "dtype", text("f8"), b"\x89", b"\x88", b"}")
    yield "dtype with a text flag", call("numpy", "dtype", text("f8"), text("x"))
    states = {
        "fields": group(
            integer(3), text("<"), b"N", group(text("a")), b"}", integer(8), integer(1), integer(0)
        ),
        "subarray": group(
            integer(3), text("<"), group(F8, group(integer(9))), b"NN", b"J\xff\xff\xff\xff" * 2, b"K\0"
        ),
        "size": group(integer(3), text("<"), b"NNN", integer(2**30), integer(-1), integer(0)),
        "alignment": group(integer(3), text("<"), b"NNN", integer(-1), integer(2**30), integer(0)),
        "flags": group(integer(3), text("<"), b"NNN", integer(-1), integer(-1), integer(63)),
        "version": group(integer(4), text("<"), b"NNN", integer(-1), integer(-1), integer(0), b"N"),
        "old version": group(integer(2), text("<"), b"NNN", integer(-1), integer(-1), integer(0)),
        "byte order": group(integer(3), text("x"), b"NNN", integer(-1), integer(-1), integer(0)),
        "byte order None": group(integer(3), b"N", b"NNN", integer(-1), integer(-1), integer(0)),
        "short": group(integer(3), text("<")),
        "empty": b")",
        "dict": b"}",
        "text": text("f8"),
    }
    for what, state in states.items():
        yield f"dtype state {what}", F8 + state + b"b"
    one, eight = group(integer(1)), raw(b"\0" * 8)
    arrays = {
        "too short": array_state(group(integer(2)), eight),
        "too long": array_state(one, raw(b"\0" * 9)),
        "huge shape": array_state(group(integer(2**31 - 1), integer(2**31 - 1)), eight),
        "overflowing shape": array_state(group(*[integer(2**16)] * 4), raw(b"")),
        "zero times huge": array_state(group(integer(0), integer(2**31 - 1), integer(2**31 - 1)), raw(b"")),
        "negative": array_state(group(integer(-1), integer(-1)), eight),
        "float length": array_state(group(b"G" + struct.pack(">d", 1.0)), eight),
        "bool length": array_state(group(b"\x88"), eight),
        "65 axes": array_state(group(*[integer(1)] * 65), eight),
        "shape list": array_state(b"](K\x01e", eight),
        "shape number": array_state(integer(1), eight),
        "list of objects": array_state(one, b"](Ne"),
        "data text": array_state(one, text("\u3042" * 8)),
        "data None": array_state(one, b"N"),
        "data array": array_state(one, EMPTY_ARRAY),
        "dtype text": array_state(one, eight, text("f8")),
        "dtype class": array_state(one, eight, name("numpy", "dtype")),
        "dtype None": array_state(one, eight, b"N"),
        "version 0": array_state(one, eight, version=0),
        "version bool": group(b"\x88", one, F8, b"\x89", eight),
        "fortran text": array_state(one, eight, fortran=text("F")),
        "four": group(one, F8, b"\x89", eight),
        "dict": b"}",
        "slots": group(b"N", b"}" + text("shape") + integer(1) + b"s"),
        "nothing": b")",
    }
    for what, state in arrays.items():
        yield f"array state {what}", EMPTY_ARRAY + state + b"b"
    buffer = ("numpy._core.numeric", "_frombuffer")
    yield "_frombuffer long", call(*buffer, eight, F8, group(integer(2)), text("C"))
    yield "_frombuffer order", call(*buffer, eight, F8, one, text("A"))
    yield "_frombuffer order None", call(*buffer, eight, F8, one, b"N")
    yield "_frombuffer text", call(*buffer, text("x" * 8), F8, one, text("C"))
    yield "_frombuffer of an array", call(*buffer, EMPTY_ARRAY, F8, one, text("C"))
    yield "_frombuffer dtype text", call(*buffer, eight, text("O"), one, text("C"))
    yield "_frombuffer few", call(*buffer, eight)
    yield "_frombuffer axis order", call(*buffer, eight, F8, one, text("K"), group(integer(9)))
    yield (
        "scalar of object",
        call("numpy.core.multiarray", "scalar", call("numpy", "dtype", text("O")), raw(b"x")),
    )
    yield "scalar too long", call("numpy.core.multiarray", "scalar", F8, raw(b"\0" * 9))
    yield "scalar of text", call("numpy.core.multiarray", "scalar", text("f8"), eight)
    yield "scalar of nothing", call("numpy.core.multiarray", "scalar", F8)
    for codec in ("rot13", "zlib", "bz2", "hex", "base64", "utf-8", "idna", "unicode_escape", "uu", ""):
        yield f"encode {codec}", call("_codecs", "encode", text("a"), text(codec))
    yield "encode default", call("_codecs", "encode", text("a"))
    yield "encode bytes", call("_codecs", "encode", raw(b"a"), text("latin1"))
    yield "encode errors", call("_codecs", "encode", text("\u3042"), text("latin1"), text("namereplace"))
    yield "encode not latin-1", call("_codecs", "encode", text("\u3042"), text("latin1"))
    yield "OrderedDict of a dict", call("collections", "OrderedDict", b"}")
    yield "OrderedDict of triples", call("collections", "OrderedDict", b"](](NNNee")
    yield "OrderedDict of text", call("collections", "OrderedDict", text("ab"))
    yield "OrderedDict of None", call("collections", "OrderedDict", b"N")
    yield "OrderedDict twice", call("collections", "OrderedDict", b"]", b"]")
    yield (
        "_reconstructor of list",
        call("copyreg", "_reconstructor", name("a", "TwoLayerNet"), name("a", "b"), b"N"),
    )
    base = name("builtins", "object")
    yield "_reconstructor of ndarray", call("copyreg", "_reconstructor", ndarray, base, b"N")
    yield "_reconstructor of object", call("copyreg", "_reconstructor", base, base, b"N")
    yield "_reconstructor with state", call("copyreg", "_reconstructor", name("a", "TwoLayerNet"), base, b"}")
    yield "_reconstructor of text", call("copyreg", "_reconstructor", text("TwoLayerNet"), base, b"N")


def changes_of_live_objects() -> Iterator[tuple[str, bytes]]:
    """BUILD, APPEND and SETITEM on what is not a fresh array, dtype or instance."""
    dict_state, slots = b"}" + text("call") + b"Ns", group(b"N", b"}" + text("__code__") + b"Ns")
    targets = {
        "ndarray": name("numpy", "ndarray"),
        "dtype class": name("numpy", "dtype"),
        "_reconstruct": name("numpy.core.multiarray", "_reconstruct"),
        "encode": name("_codecs", "encode"),
        "OrderedDict": name("collections", "OrderedDict"),
        "network class": name("two_layer_net", "TwoLayerNet"),
        "layer class": name("common.layers", "Affine"),
        "object": name("builtins", "object"),
        "dict": b"}",
        "list": b"]",
        "text": text("x"),
        "tuple": b")",
        "None": b"N",
    }
    for what, target in targets.items():
        yield f"BUILD {what}", target + dict_state + b"b"
        yield f"BUILD slots {what}", target + slots + b"b"
    instance = name("two_layer_net", "TwoLayerNet") + b")\x81"
    yield "BUILD slots instance", instance + slots + b"b"
    planted = b"}" + text("__setstate__") + name("numpy", "ndarray") + b"sb"
    yield "BUILD planted __setstate__", instance + planted + text("x") + b"b"
    yield "BUILD text instance", instance + text("x") + b"b"
    yield "BUILD with keys of tuples", instance + b"})Nsb"
    yield "SETITEM instance", instance + text("params") + b"}s"
    yield "SETITEM ndarray", name("numpy", "ndarray") + text("__setstate__") + b"Ns"
    yield "SETITEM array", EMPTY_ARRAY + integer(0) + b"Ns"
    yield "SETITEM list", b"]" + integer(0) + b"Ns"
    yield "APPEND instance", instance + b"Na"
    yield "APPEND dict", b"}Na"
    yield "APPENDS tuple", b")(NNe"
    yield "SETITEMS odd", b"}(" + text("a") + b"u"
    yield "DICT odd", b"(" + text("a") + b"d"
    yield "key tuple", b"})Ns"
    yield "key array", b"}" + EMPTY_ARRAY + b"Ns"
    yield "key number", b"}" + integer(1) + b"Ns"
    yield "key class", b"}" + name("numpy", "ndarray") + b"Ns"
    yield "key None", b"}NNs"
    yield "key too long", b"}" + text("W" * 1000) + b"Ns"


def memo_and_stack_games() -> Iterator[tuple[str, bytes]]:
    yield "get of nothing", b"h\xfe"
    yield "long get of nothing", b"j\xff\xff\xff\x7f"
    yield "text get of nothing", b"g999999\n"
    yield "negative get", b"g-1\n"
    yield "huge put", b"Nr\xff\xff\xff\xff"
    yield "huge text put", b"Np99999999999999999999\n"
    yield "negative put", b"Np-1\n"
    yield "put of an empty stack", b"(q\x01N"
    yield "stop within a mark", b"(."
    yield "stop on an empty stack", b"(." + b"N"
    yield "reduce on an empty stack", b"(R"
    yield "build on an empty stack", b"(b"
    yield "tuple3 of one", b"(N\x87"
    yield "mark missing", b"t" * 3
    yield "stack name of numbers", b"K\x01K\x02\x93"
    yield "stack name of bytes", raw(b"os") + raw(b"system") + b"\x93"
    yield "stack name of lists", b"]]\x93"
    yield "stack name of nothing", b"(\x93"
    yield "number not a number", b"Iabc\n"
    yield "number with underscores and spaces", b"I 1_x\n"
    yield "number of 5000 digits", b"L" + b"9" * 5000 + b"L\n"
    yield "long of 255 bytes", b"\x8a\xff" + b"\x7f" * 255
    yield "float not a float", b"Fabc\n"
    yield "string without quotes", b"Sabc\n"
    yield "string half quoted", b"S'abc\n"
    yield "string with one quote", b"S'\n"
    yield "string with a bad escape", b"S'\\x4'\n"
    yield "string with an unknown escape", b"S'\\q'\n"
    yield "string ending in a backslash", b"S'\\'\n"
    yield "text not utf-8", b"X\x01\x00\x00\x00\xff"
    yield "text with a bad escape", b"V\\u12\n"
    yield "name not utf-8", b"c\xff\nsystem\n"
    yield "frame past the end", b"\x95\xff\xff\xff\xff\xff\xff\xff\x7f" + b"N"
    yield "frame of 2**64", b"\x95" + b"\xff" * 8 + b"N"
    yield "bytes of 2**63", b"\x8e" + b"\xff" * 7 + b"\x7f"
    yield "text of 2**64", b"\x8d" + b"\xff" * 8
    yield "bytearray of 2**64", b"\x96" + b"\xff" * 8
    yield "bytes of 4 GB", b"B\xff\xff\xff\xff"
    yield "string of negative length", b"T\xff\xff\xff\xff"
    yield "long of negative length", b"\x8b\xff\xff\xff\xff"
    yield "protocol 255", b"\x80\xff" + b"N"
    yield "protocol 6", b"\x80\x06" + b"N"


def bombs() -> Iterator[tuple[str, bytes]]:
    """Small files that cost much time or memory when replayed without limits."""
    double = b"q\x01h\x01\x86"  # x -> (x, x)
    yield "2**64 nested pairs", b")" + double * 64
    yield "2**64 nested pairs as a key", b"}" + b")" + double * 64 + b"Ns"
    yield "deep tuples", b")" + b"\x85" * 40_000
    yield "deep marks", b"(" * 40_000
    yield "many values", b"N" * 200_000
    yield "many memo entries", b"N" + b"\x94" * 200_000
    yield "many marks", b"(t" * 200_000
    yield (
        "many encodes",
        text("x" * 1_000_000)
        + b"q\x01"
        + name("_codecs", "encode")
        + b"q\x02"
        + text("latin1")
        + (b"q\x03" + b"h\x02h\x01h\x03\x86R" * 6_000),
    )
    big = b"](" + group(text("a"), b"N") + b"q\x01" + b"h\x01" * 10_000 + b"eq\x02"
    yield (
        "many OrderedDicts",
        big + name("collections", "OrderedDict") + b"q\x03" + b"h\x03h\x02\x85R" * 8_000,
    )
    state = array_state(group(integer(200_000)), text("\0" * 1_600_000))
    yield "many array states", EMPTY_ARRAY + state + b"q\x01b" + b"h\x01b" * 9_000
    wide = text("\U0001f600" + "x" * 1_000_000)  # takes four bytes of memory a character
    yield "60 MB of wide texts", b"](" + wide * 60 + b"e" + text("end") + b")R"
    wide = b"V\\U0001f600" + b"x" * 1_000_000 + b"\n"
    yield "60 MB of escaped wide texts", b"](" + wide * 60 + b"e" + text("end") + b")R"
    short = b"\x8c\xff" + ("\U0001f600" + "x" * 251).encode()
    yield "many short wide texts", b"](" + short * 40_000 + b"e" + text("end") + b")R"
    encode = name("_codecs", "encode") + text("x" * 15_000_000) + text("latin1") + b"\x86R"
    yield "60 MB of texts encoded", b"](" + encode * 4 + b"e" + text("end") + b")R"
    yield "60 MB of bytes", b"](" + raw(bytes(15_000_000)) * 4 + b"e" + text("end") + b")R"
    yield "huge array of nothing", EMPTY_ARRAY + array_state(group(*[integer(10_000)] * 8), raw(b"")) + b"b"


FAMILIES = (
    runs_something,
    forbidden_names,
    forbidden_instructions,
    odd_calls,
    changes_of_live_objects,
    memo_and_stack_games,
    bombs,
    chains,
    wide,
)


def corpus() -> Iterator[tuple[str, bytes]]:
    """(label, file) of every attack."""
    for family in FAMILIES:
        for label, attack in family():
            yield f"{family.__name__}: {label}", in_network(attack)
