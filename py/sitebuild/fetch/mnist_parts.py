"""MNIST, the four original IDX files, shipped compressed."""

from __future__ import annotations

import gzip
import hashlib
import shutil
from pathlib import Path
from typing import IO

from ..errors import BuildError

# The raw files' well-known MD5 sums, published with many copies of the data set; parts.json has the SHA-256.
MD5 = {
    "train-images-idx3-ubyte": "6bbc9ace898e44ae57da46a324031adb",
    "train-labels-idx1-ubyte": "a25bea736e30d166cdddb491f175f624",
    "t10k-images-idx3-ubyte": "2646ac647ad5339dbf082846283269ea",
    "t10k-labels-idx1-ubyte": "27ae3e4e09519cfbb04c329615203637",
}


def recompress(source: Path, target: IO[bytes]) -> None:
    """Write an IDX file gzipped, without name and time, so that the same zlib gives the same bytes.

    Raises BuildError when the file's MD5 is not the well-known one.
    """
    with source.open("rb") as file:
        md5 = hashlib.file_digest(file, "md5").hexdigest()
        if md5 != MD5[source.name]:
            raise BuildError(
                f"{source.name} is not MNIST's (its MD5 is {md5}): delete node_modules and try again."
            )
        file.seek(0)
        with gzip.GzipFile(filename="", mode="wb", compresslevel=9, fileobj=target, mtime=0) as packed:
            shutil.copyfileobj(file, packed, 1 << 20)
