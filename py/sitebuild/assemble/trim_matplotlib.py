"""Matplotlib's wheel without what the page never draws: fonts, sample data, windows, PDF and PostScript."""

from __future__ import annotations

import re
from pathlib import Path

from .rewrite_zip import rewrite

DROPPED = re.compile(
    r"""matplotlib/(
          tests/ | testing/ | sphinxext/
        | mpl-data/(sample_data|images)/
        | mpl-data/fonts/(afm|pdfcorefonts)/
        | mpl-data/fonts/ttf/(DejaVuSans-(Bold)?Oblique|DejaVuSansMono|DejaVuSerif|STIX(?!.*LICENSE)|Humor)
        | backends/(backend_(cairo|gtk|macosx|nbagg|pdf|pgf|ps|qt|tk|webagg|wx)
                    |_backend_(gtk|pdf_ps|tk)|_macosx|_tkagg|qt_|qt_editor/|web_backend/)
    )""",
    re.VERBOSE,
)
UNUSED = ("fonttools", "pytz")  # in the lock file's list for Matplotlib; only PDF and old dates need them


def trim(wheel: Path) -> None:
    """Write the wheel anew without the dropped members; the same input gives the same bytes."""
    rewrite(wheel, lambda name, content: None if DROPPED.match(name) else (name, content))
