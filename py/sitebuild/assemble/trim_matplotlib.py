"""Matplotlib's wheel without what the page never draws: fonts, sample data, windows, PDF and PostScript."""

from __future__ import annotations

import re
import zipfile
from pathlib import Path

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
    small = wheel.with_suffix(".small")
    with zipfile.ZipFile(wheel) as source, zipfile.ZipFile(small, "w") as target:
        for member in source.infolist():
            if DROPPED.match(member.filename):
                continue
            entry = zipfile.ZipInfo(member.filename, date_time=(1980, 1, 1, 0, 0, 0))
            entry.external_attr = member.external_attr
            target.writestr(entry, source.read(member), zipfile.ZIP_DEFLATED, 9)
    small.replace(wheel)
