"""Read the pickles that NumPy and a reader's Python write, without running anything in them.

The bytes never reach Python's `pickle`: `pickletools` splits them into instructions, and a small machine
replays those that a saved network needs on inert objects. Format: the docstrings of `pickletools`.
By hand: a restricted `pickle.Unpickler` (find_class) still calls what it allows, without limits of memory;
libraries that check pickles look for known attacks instead of reading the values.
"""

from __future__ import annotations

from collections.abc import Iterator

from .errors import NetworkFileError
from .file_refusals import MAX_BYTES, MAX_NESTING, too_large
from .pickle_instructions import MAX_INSTRUCTIONS, Instruction, damaged, instructions
from .pickle_names import (
    Array,
    Budget,
    Dtype,
    Instance,
    Name,
    array_of_state,
    byte_order,
    look_up,
    named,
    new_instance,
    odd_call,
)


def read_pickle(data: bytes) -> object:
    """The object in a pickle of protocol 0 to 5, of plain `dict`, `list`, `str`, ..., `Array`, `Instance`.

    Raises NetworkFileError (a sentence) for anything malformed, too large, or outside the list. Strings of
    Python 2 become `str` by latin-1. Nothing in the file is run.
    """
    if len(data) > MAX_BYTES:
        too_large()
    return _Machine().run(instructions(data))


class _Machine:
    """The stack machine of the pickle format, on inert objects."""

    def __init__(self) -> None:
        self.stack: list[object] = []
        self.marked: list[list[object]] = []
        self.memo: dict[int, object] = {}
        self.depth: dict[int, int] = {}  # id of a tuple -> tuples within it; `kept` keeps the ids valid
        self.kept: list[tuple[object, ...]] = []
        self.position = 0
        self.budget = Budget()

    def run(self, program: Iterator[Instruction]) -> object:
        for instruction in program:
            self.position = instruction.position
            if instruction.name == "STOP":
                return self.pop()
            self.step(instruction)
        raise AssertionError("instructions() ends with STOP or raises")

    def step(self, instruction: Instruction) -> None:
        argument = instruction.argument
        match instruction.name:
            case "PROTO" | "FRAME":
                pass
            case "MARK":
                self.marked.append(self.stack)
                self.stack = []
                if len(self.marked) > MAX_NESTING:
                    too_large()
            case "NONE":
                self.push(None)
            case "NEWTRUE" | "NEWFALSE":
                self.push(instruction.name == "NEWTRUE")
            case "EMPTY_TUPLE":
                self.push_tuple([])
            case "TUPLE1" | "TUPLE2" | "TUPLE3":
                count = int(instruction.name[-1])
                self.push_tuple([self.pop() for _ in range(count)][::-1])
            case "TUPLE":
                self.push_tuple(self.pop_mark())
            case "EMPTY_LIST":
                self.push([])
            case "LIST":
                self.push(self.pop_mark())
            case "APPEND":
                self.extend([self.pop()])
            case "APPENDS":
                self.extend(self.pop_mark())
            case "EMPTY_DICT":
                self.push({})
            case "DICT":
                items = self.pop_mark()
                self.push({})
                self.set_items(items)
            case "SETITEM":
                self.set_items([self.pop(), self.pop()][::-1])
            case "SETITEMS":
                self.set_items(self.pop_mark())
            case "PUT" | "BINPUT" | "LONG_BINPUT" | "MEMOIZE":
                self.put(len(self.memo) if argument is None else argument)
            case "GET" | "BINGET" | "LONG_BINGET":
                if argument not in self.memo:
                    damaged(self.position)
                self.push(self.memo[argument])
            case "GLOBAL":
                self.push(look_up(argument))
            case "STACK_GLOBAL":
                name, module = self.pop(), self.pop()
                self.push(look_up((module, name)))
            case "REDUCE":
                arguments, function = self.pop(), self.pop()
                self.push(self.call(function, arguments))
            case "NEWOBJ":
                arguments, cls = self.pop(), self.pop()
                self.push(new_instance(cls, arguments))
            case "OBJ":
                cls, *rest = self.pop_mark() or [None]
                self.push(new_instance(cls, tuple(rest)))
            case "INST":
                self.push(new_instance(look_up(argument), tuple(self.pop_mark())))
            case "BUILD":
                self.build()
            case _:  # the remaining instructions each carry one value: a number, a string, bytes
                self.push(argument)

    def push(self, item: object) -> None:
        self.stack.append(item)

    def pop(self) -> object:
        if not self.stack:
            damaged(self.position)
        return self.stack.pop()

    def pop_mark(self) -> list[object]:
        if not self.marked:
            damaged(self.position)
        items, self.stack = self.stack, self.marked.pop()
        return items

    def push_tuple(self, items: list[object]) -> None:
        depth = 1 + max((self.depth.get(id(item), 0) for item in items), default=0)
        if depth > MAX_NESTING:
            too_large()
        made = tuple(items)
        self.kept.append(made)
        self.depth[id(made)] = depth
        self.push(made)

    def extend(self, items: list[object]) -> None:
        target = self.top()
        if type(target) is not list:
            damaged(self.position)
        target.extend(items)

    def set_items(self, items: list[object]) -> None:
        target = self.top()
        if type(target) is not dict or len(items) % 2:
            damaged(self.position)
        target.update(named(zip(items[::2], items[1::2], strict=True)))

    def put(self, index: object) -> None:
        if type(index) is not int or not 0 <= index <= MAX_INSTRUCTIONS:
            damaged(self.position)
        self.memo[index] = self.top()

    def top(self) -> object:
        if not self.stack:
            damaged(self.position)
        return self.stack[-1]

    def call(self, function: object, arguments: object) -> object:
        if type(function) is not Name or type(arguments) is not tuple:
            damaged(self.position)
        if function.call is None:
            odd_call(function.name)
        return function.call(self.budget, arguments)

    def build(self) -> None:
        state, target = self.pop(), self.top()
        if type(target) is Array:
            target.values = array_of_state(self.budget, state)
        elif type(target) is Dtype:
            target.order = byte_order(target, state)
        elif type(target) is Instance and type(state) is dict:
            target.state = state
        else:
            raise NetworkFileError(
                "The file tries to change something that no network consists of. Nothing was run."
            )
