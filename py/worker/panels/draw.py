"""The learner's own digit: what was drawn or retouched, as the network sees it, and its answers."""

import base64

import numpy as np
from kobai.book.mnist import IMAGE_SIDE
from kobai.files.json_reader import read_json
from kobai.images.image_edits import retouch
from kobai.images.png import image_png
from kobai.images.rasterize import draw_centred, draw_plain
from protocol import called_by_page

from worker.storage import records

SLOT = records.DIGIT
INK = 64  # brightness from which a pixel is called ink to those who cannot see it


def start(session):
    """The objects whose marked functions the page may call."""
    return [DrawnDigit(session)]


class DrawnDigit:
    """Calls of the panel in which a digit is drawn."""

    def __init__(self, session):
        self.session = session

    @called_by_page
    def read_digit(self, strokes, pen, side, image, changes, centred):
        """What the networks in use make of it.

        strokes: signature_pad's groups of points as JSON text; pen, side: the pen's width and the canvas's
        side in their unit. image: the test image that is drawn upon, or None. changes: for
        `kobai.images.image_edits`. centred: whether the network sees the drawing in size and place as in
        MNIST.
        """
        lines = [
            [(point["x"], point["y"]) for point in group["points"]] for group in read_json(strokes.encode())
        ]
        if image is not None:
            paper = self.session.x_test[image].reshape(IMAGE_SIDE, IMAGE_SIDE)
            seen, other = np.maximum(paper, draw_plain(lines, pen, side)), None
        else:
            both = [draw_plain(lines, pen, side), draw_centred(lines, pen)]
            seen, other = both[centred], retouch(both[not centred], changes)
        seen = retouch(seen, changes)
        networks = self.session.networks
        keys = [key for key in (networks.current, networks.beside) if key is not None]
        return {
            "empty": image is None and not any(lines),
            "seen": _address(seen),
            "ink": "".join("1" if pixel >= INK else "0" for pixel in seen.ravel()),
            "answers": [
                {"network": key, "probabilities": networks.answer(key, seen.reshape(1, -1))} for key in keys
            ],
            "other": None if other is None else networks.answer(keys[0], other.reshape(1, -1)),
            "paper": None if image is None else self._paper(image),
        }

    def _paper(self, image):
        return {"label": int(self.session.t_test[image]), "src": _address(self.session.x_test[image])}

    @called_by_page
    async def keep_digit(self, strokes, rest):
        """Keep it all for the next visit: the strokes as above, the rest as the page wants it back."""
        await self.session.store.put(SLOT, strokes.encode(), **rest)
        return {}

    @called_by_page
    async def kept_digit(self):
        """What an earlier visit left: {strokes, …}; {} if nothing."""
        kept = await self.session.store.get(SLOT)
        if kept is None:
            return {}
        try:
            return {"strokes": records.strokes(kept[0]), **kept[1]}
        except records.Unreadable:
            self.session.store.set_aside(SLOT)
            return {}


def _address(image):
    return "data:image/png;base64," + base64.b64encode(image_png(image)).decode()
