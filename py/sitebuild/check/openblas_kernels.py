"""OpenBLAS adds in another order on another processor, by its kernel: a second one to test with."""

from __future__ import annotations

import os
import subprocess

CHOICE = "OPENBLAS_CORETYPE"  # the environment variable by which OpenBLAS lets one choose
OTHERS = ("Prescott", "Haswell")  # the oldest kernel, which every x86-64 runs; else one of another width

# prints the name that OpenBLAS has for its kernel; nothing where NumPy came with another BLAS
ASK = """
import ctypes, pathlib, numpy
home = pathlib.Path(numpy.__file__).parent
for path in [*home.parent.glob("numpy.libs/*openblas*"), *home.glob(".dylibs/*openblas*")]:
    library = ctypes.CDLL(str(path))
    library.scipy_openblas_get_corename64_.restype = ctypes.c_char_p
    print(library.scipy_openblas_get_corename64_().decode())
    break
"""


def name_of(python: str, environment: dict[str, str]) -> str:
    """The kernel that NumPy computes by in this environment; "" where none can be told or it does not run."""
    done = subprocess.run([python, "-c", ASK], env=environment, capture_output=True, text=True, check=False)
    return done.stdout.strip() if done.returncode == 0 else ""


def second(python: str) -> tuple[dict[str, str], str]:
    """What to set for a kernel other than this machine's, and a word: which it is, or why there is none."""
    first = name_of(python, dict(os.environ))
    if not first:
        return {}, "there is no OpenBLAS whose kernel could be chosen"
    for choice in OTHERS:
        name = name_of(python, os.environ | {CHOICE: choice})
        if name not in ("", first):
            return {CHOICE: choice}, f"{choice} instead of {first}"
    return {}, f"this processor has no kernel but {first}"
