"""Heights over two directions: computed piece by piece, and as the page draws them."""

import base64

from kobai.images.height_map import height_map_png

from worker.progress import tell

GRID = 25  # points of a surface in each direction


class Surfaces:
    """Losses over a plane, of which only the newest is computed to its end."""

    def __init__(self, kind):
        """kind: of its progress messages."""
        self._kind, self._newest = kind, None

    async def compute(self, plane, a, b):
        """The losses (len(b), len(a)) of a LossPlane, or None when a newer one is asked for meanwhile."""
        self._newest = mine = object()
        for part, losses in plane.surface(a, b):  # noqa: B007 (the last ones are complete)
            await tell(self._kind, part=part)
            if self._newest is not mine:
                return None
        return losses


def height_map(across, up, heights):
    """Heights (len(up), len(across)) for the page: as a picture, and as the numbers they are."""
    return {
        "picture": address(height_map_png(heights)),
        "across": across.tolist(),
        "up": up.tolist(),
        "heights": heights.tolist(),
        "low": float(heights.min()),
        "high": float(heights.max()),
    }


def address(png):
    """A PNG as the address of an image."""
    return "data:image/png;base64," + base64.b64encode(png).decode()
