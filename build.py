#!/usr/bin/env python3
"""The one entry: `python3 build.py build`, `serve` and `test`; each explains itself with --help."""

import sys
from pathlib import Path

if sys.version_info < (3, 11):  # noqa: UP036 (this line is for those who run an older one)
    sys.exit(
        "error: Python 3.11 or newer is needed, and this is %d.%d: run build.py with a newer python3."  # noqa: UP031
        % sys.version_info[:2]
    )

ROOT = Path(__file__).resolve().parent
sys.path.insert(0, str(ROOT / "py"))
sys.pycache_prefix = str(ROOT / ".cache" / "pycache")  # the sources' own folders stay as they are

from sitebuild.cli import main  # noqa: E402

if __name__ == "__main__":
    sys.exit(main(ROOT))
