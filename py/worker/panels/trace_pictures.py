"""The pictures of a moment of a trace: drawn here, each sent once, so that a step is a small message."""

import base64

import numpy as np
from kobai.analysis.hidden_units import diverging_png
from kobai.images.png import encode_png
from kobai.tracing.summaries import summary

LONGEST = 100  # numbers of a strip in one row, as in page/panels/trace/pictures.py
LARGE = 1000  # characters of a picture that is sent once and then named by its number


class Pictures:
    """Summaries of the values of one recording, which stay as they are, with their pictures."""

    def __init__(self, images):
        self._images = images
        self._summaries = {}
        self._numbers = {}  # picture -> its number
        self._unsent = {}

    def summary(self, name, value, row):
        """As of kobai.tracing.summaries; picture["src"] is a data: URL or the number of one in `unsent`."""
        own = row if np.ndim(value) and len(value) == self._images else 0
        key = (name, id(value), own)
        if key not in self._summaries:
            self._summaries[key] = self._numbered(drawn(summary(name, value, self._images, row)))
        return self._summaries[key]

    def unsent(self):
        """Number (as text) -> picture, of those that the page does not have yet."""
        unsent, self._unsent = self._unsent, {}
        return unsent

    def _numbered(self, told):
        src = told["picture"].get("src", "") if told["picture"] else ""
        if len(src) <= LARGE:
            return told
        if src not in self._numbers:
            self._numbers[src] = str(len(self._numbers))
            self._unsent[self._numbers[src]] = src
        return {**told, "picture": {**told["picture"], "src": self._numbers[src]}}


def drawn(told):
    """A summary with the "src" of its picture; values of images and matrices go no further."""
    picture = told["picture"]
    if not picture or picture["kind"] in ("bars", "sheet"):
        return told
    values = np.array(picture["values"])
    if picture["kind"] == "image":
        values = values.reshape(picture["side"], picture["side"])
    elif picture["kind"] == "matrix":
        values = values.reshape(picture["rows"], picture["columns"])
    else:
        wide = min(len(values), LONGEST)
        values = np.pad(values, (0, -len(values) % wide)).reshape(-1, wide)
    if picture["kind"] == "image" and told["min"] >= 0:  # ink
        brightest = max(1.0, float(values.max()))
        png = encode_png(np.rint(values / brightest * 255).astype(np.uint8))
    else:
        png = diverging_png(values, float(np.abs(values).max()) or 1.0)
    kept = {key: value for key, value in picture.items() if key != "values" or picture["kind"] == "strip"}
    src = "data:image/png;base64," + base64.b64encode(png).decode()
    return {**told, "picture": {**kept, "src": src}}
