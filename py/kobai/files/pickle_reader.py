"""Read the pickles that NumPy and a reader's Python write, without running anything in them.

The bytes never reach Python's `pickle`: `pickle_opcodes` splits them, and a small machine replays what a
saved network needs on inert objects. Format: the docstrings of `pickletools`.
By hand: a restricted `pickle.Unpickler` (find_class) still calls what it allows, without limits of memory;
libraries that check pickles look for known attacks instead of reading the values.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator

from ..errors import NetworkFileError
from .limits import MAX_BYTES, MAX_NESTING, too_large
from .pickle_globals import (
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
from .pickle_nesting import Nesting
from .pickle_opcodes import MAX_INSTRUCTIONS, Instruction, damaged, instructions


def read_pickle(data: bytes, budget: Budget | None = None) -> object:
    """Read a pickle of protocol 0 to 5 as plain `dict`, `list`, `str`, ..., `Array`, `Instance`.

    NetworkFileError (a sentence) for anything malformed, too large, or outside the list. Strings of Python 2
    become `str` by latin-1. Nothing in the file is run. budget: what is left for several pickles together,
    and less afterwards.
    """
    if len(data) > MAX_BYTES:
        too_large()
    budget = budget or Budget()
    return _Machine(budget).run(instructions(data, min(budget.instructions, MAX_INSTRUCTIONS)))


class _Machine:
    """The stack machine of the pickle format, on inert objects."""

    def __init__(self, budget: Budget) -> None:
        self.stack: list[object] = []
        self.marked: list[list[object]] = []
        self.memo: dict[int, object] = {}
        self.nesting = Nesting()
        self.position = 0
        self.budget = budget

    def run(self, program: Iterator[Instruction]) -> object:
        for count, (name, argument, self.position) in enumerate(program, 1):
            if name == "STOP":
                self.budget.instructions -= count
                return self.pop()
            step = _STEPS.get(name)
            if step is None:  # it carries one value: a number, a text, bytes
                self.stack.append(argument)
            else:
                step(self, argument)
        raise AssertionError("instructions() ends with STOP or raises")

    def push(self, item: object) -> None:
        self.stack.append(item)

    def pop(self) -> object:
        if not self.stack:
            damaged(self.position)
        return self.stack.pop()

    def top(self) -> object:
        if not self.stack:
            damaged(self.position)
        return self.stack[-1]

    def mark(self) -> None:
        self.marked.append(self.stack)
        self.stack = []
        if len(self.marked) > MAX_NESTING:
            too_large()

    def pop_mark(self) -> list[object]:
        if not self.marked:
            damaged(self.position)
        items, self.stack = self.stack, self.marked.pop()
        return items

    def push_tuple(self, items: list[object]) -> None:
        made = tuple(items)
        self.nesting.put(items, made)
        self.push(made)

    def push_list(self, items: list[object]) -> None:
        self.nesting.put(items, items)
        self.push(items)

    def push_dict(self, items: list[object]) -> None:
        self.push({})
        self.set_items(items)

    def extend(self, items: list[object]) -> None:
        target = self.top()
        if type(target) is not list:
            damaged(self.position)
        self.nesting.put(items, target)
        target.extend(items)

    def set_items(self, items: list[object]) -> None:
        target = self.top()
        if type(target) is not dict or len(items) % 2:
            damaged(self.position)
        self.nesting.put(items[1::2], target)
        target.update(named(zip(items[::2], items[1::2], strict=True)))

    def put(self, index: object) -> None:
        if type(index) is not int or not 0 <= index <= MAX_INSTRUCTIONS:
            damaged(self.position)
        self.memo[index] = self.top()

    def get(self, index: object) -> None:
        if type(index) is not int or index not in self.memo:
            damaged(self.position)
        self.push(self.memo[index])

    def stack_global(self) -> None:
        name, module = self.pop(), self.pop()
        self.push_name((module, name))

    def push_name(self, asked: object) -> None:
        self.push(self.look_up(asked))

    def look_up(self, asked: object) -> Name:
        self.budget.charge(1000)  # about as long as copying so many bytes
        return look_up(asked)

    def reduce(self) -> None:
        arguments, function = self.pop(), self.pop()
        if type(function) is not Name or type(arguments) is not tuple:
            damaged(self.position)
        if function.call is None:
            odd_call(function.name)
        made = function.call(self.budget, arguments)
        if type(made) is dict:
            self.nesting.put(made.values(), made)
        self.push(made)

    def new_object(self) -> None:
        arguments, cls = self.pop(), self.pop()
        self.push(new_instance(cls, arguments))

    def new_object_of_mark(self) -> None:
        cls, *rest = self.pop_mark() or [None]
        self.push(new_instance(cls, tuple(rest)))

    def build(self) -> None:
        state, target = self.pop(), self.top()
        if type(target) is Array and target.values is None:
            target.values = array_of_state(self.budget, state)
        elif type(target) is Dtype:
            target.order = byte_order(target, state)
        elif type(target) is Instance and type(state) is dict:
            self.nesting.put([state], target)
            target.state = state
        else:
            raise NetworkFileError(
                "The file tries to change something that no network consists of. Nothing was run."
            )


# What each instruction does, with its argument; those not here leave their argument on the stack
_STEPS: dict[str, Callable[[_Machine, object], None]] = {
    "PROTO": lambda machine, _: None,
    "FRAME": lambda machine, _: None,
    "MARK": lambda machine, _: machine.mark(),
    "NEWTRUE": lambda machine, _: machine.push(True),
    "NEWFALSE": lambda machine, _: machine.push(False),
    "EMPTY_TUPLE": lambda machine, _: machine.push(()),
    "TUPLE1": lambda machine, _: machine.push_tuple([machine.pop()]),
    "TUPLE2": lambda machine, _: machine.push_tuple([machine.pop(), machine.pop()][::-1]),
    "TUPLE3": lambda machine, _: machine.push_tuple([machine.pop(), machine.pop(), machine.pop()][::-1]),
    "TUPLE": lambda machine, _: machine.push_tuple(machine.pop_mark()),
    "EMPTY_LIST": lambda machine, _: machine.push([]),
    "LIST": lambda machine, _: machine.push_list(machine.pop_mark()),
    "APPEND": lambda machine, _: machine.extend([machine.pop()]),
    "APPENDS": lambda machine, _: machine.extend(machine.pop_mark()),
    "EMPTY_DICT": lambda machine, _: machine.push({}),
    "DICT": lambda machine, _: machine.push_dict(machine.pop_mark()),
    "SETITEM": lambda machine, _: machine.set_items([machine.pop(), machine.pop()][::-1]),
    "SETITEMS": lambda machine, _: machine.set_items(machine.pop_mark()),
    "PUT": lambda machine, index: machine.put(index),
    "BINPUT": lambda machine, index: machine.put(index),
    "LONG_BINPUT": lambda machine, index: machine.put(index),
    "MEMOIZE": lambda machine, _: machine.put(len(machine.memo)),
    "GET": lambda machine, index: machine.get(index),
    "BINGET": lambda machine, index: machine.get(index),
    "LONG_BINGET": lambda machine, index: machine.get(index),
    "GLOBAL": lambda machine, names: machine.push_name(names),
    "STACK_GLOBAL": lambda machine, _: machine.stack_global(),
    "REDUCE": lambda machine, _: machine.reduce(),
    "NEWOBJ": lambda machine, _: machine.new_object(),
    "OBJ": lambda machine, _: machine.new_object_of_mark(),
    "INST": lambda machine, names: machine.push(
        new_instance(machine.look_up(names), tuple(machine.pop_mark()))
    ),
    "BUILD": lambda machine, _: machine.build(),
}
