"""The pictures of a moment of a trace as the page shows them: drawn here, so that few bytes cross over."""

import base64

import numpy as np
from kobai.hidden_units import diverging_png
from kobai.png import encode_png

LONGEST = 100  # numbers of a strip in one row, as in page/trace_pictures.py


def drawn(summary):
    """A summary (see worker/tracing.py) whose picture has a "src" where it is no bars."""
    picture = summary and summary.get("picture")
    if not picture or "src" in picture or picture["kind"] == "bars":
        return summary
    values = np.array(picture["values"])
    if picture["kind"] == "image":
        values = values.reshape(picture["side"], picture["side"])
    elif picture["kind"] == "matrix":
        values = values.reshape(picture["rows"], picture["columns"])
    else:
        wide = min(len(values), LONGEST)
        values = np.pad(values, (0, -len(values) % wide)).reshape(-1, wide)
    if picture["kind"] == "image" and summary["min"] >= 0:  # ink
        brightest = max(1.0, float(values.max()))
        png = encode_png(np.rint(values / brightest * 255).astype(np.uint8))
    else:
        png = diverging_png(values, float(np.abs(values).max()) or 1.0)
    src = "data:image/png;base64," + base64.b64encode(png).decode()
    return {**summary, "picture": {**picture, "src": src}}
