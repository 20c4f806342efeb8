"""The icons of the installed page as PNG files, drawn from icons/favicon.svg: the SVG stays the one source.

No SVG library: the drawing is a rectangle with round corners, curves with round ends, and discs, so every row
of it is a few intervals; how much of a pixel they cover is exact across and an average of four lines down.
"""

from __future__ import annotations

import math
import re
import struct
import xml.etree.ElementTree as ElementTree
import zlib
from dataclasses import dataclass
from functools import cache
from pathlib import Path

from .errors import BuildError

SOURCE = "icons/favicon.svg"
ICONS = {
    "icons/icon-192.png": (192, False),
    "icons/icon-512.png": (512, False),
    "icons/maskable-512.png": (512, True),
}
LINES = 4  # of each pixel row
STEPS = 96  # discs that a curve is drawn with
SAFE = (
    0.82  # a system may cut a maskable icon down to its inner circle (four fifths): what matters is in there
)

Colour = tuple[int, int, int]
Interval = tuple[float, float]


@dataclass(frozen=True)
class Shape:
    """Discs (x, y, radius) or one rectangle (x, y, width, height, corner radius) in one colour."""

    colour: Colour
    discs: tuple[tuple[float, float, float], ...] = ()
    rectangle: tuple[float, float, float, float, float] | None = None

    def row(self, y: float) -> list[Interval]:
        """The intervals that the shape covers at this height, in order and apart from each other."""
        found = [
            (x - half, x + half)
            for x, centre, radius in self.discs
            if abs(y - centre) < radius and (half := math.sqrt(radius**2 - (y - centre) ** 2))
        ]
        if self.rectangle:
            left, top, width, height, corner = self.rectangle
            if top < y < top + height:
                into = max(top + corner - y, y - (top + height - corner), 0.0)  # the height within a corner
                inset = corner - math.sqrt(max(corner**2 - into**2, 0.0))
                found.append((left + inset, left + width - inset))
        return _merged(found)


def _merged(intervals: list[Interval]) -> list[Interval]:
    merged: list[Interval] = []
    for start, end in sorted(intervals):
        if merged and start <= merged[-1][1]:
            merged[-1] = (merged[-1][0], max(end, merged[-1][1]))
        else:
            merged.append((start, end))
    return merged


def _colour(text: str) -> Colour:
    digits = text.removeprefix("#")
    digits = "".join(2 * digit for digit in digits) if len(digits) == 3 else digits
    red, green, blue = bytes.fromhex(digits)
    return red, green, blue


def read(svg: str) -> tuple[float, list[Shape]]:
    """The side of the drawing and its shapes, the lowest first.

    Raises BuildError for anything that this small reader does not know.
    """
    root = ElementTree.fromstring(svg)
    side = float(root.get("viewBox", "0 0 32 32").split()[2])
    shapes = []
    for element in root:
        kind = element.tag.rpartition("}")[2]
        value = {name: float(text) for name, text in element.items() if re.fullmatch(r"[\d.]+", text)}
        if kind == "rect":
            box = (
                value.get("x", 0.0),
                value.get("y", 0.0),
                value["width"],
                value["height"],
                value.get("rx", 0.0),
            )
            shapes.append(Shape(_colour(element.get("fill", "")), rectangle=box))
        elif kind == "circle":
            disc = (value["cx"], value["cy"], value["r"])
            shapes.append(Shape(_colour(element.get("fill", "")), discs=(disc,)))
        elif kind == "path" and re.fullmatch(r"M[\d. -]+c[\d. -]+", element.get("d", "")):
            radius = value["stroke-width"] / 2
            discs = tuple((x, y, radius) for x, y in _curve(element.get("d", "")))
            shapes.append(Shape(_colour(element.get("stroke", "")), discs=discs))
        else:
            raise BuildError(
                f"{SOURCE} has a <{kind}> that py/sitebuild/icons.py cannot draw: teach it, or do without."
            )
    return side, shapes


def _curve(path: str) -> list[tuple[float, float]]:
    """Points on a cubic Bézier curve, `M x y c dx1 dy1 dx2 dy2 dx dy`."""
    x, y, *rest = (float(number) for number in re.findall(r"-?[\d.]+", path))
    points = [(x, y), *((x + dx, y + dy) for dx, dy in zip(rest[::2], rest[1::2], strict=True))]
    found = []
    for step in range(STEPS + 1):
        t = step / STEPS
        weights = ((1 - t) ** 3, 3 * t * (1 - t) ** 2, 3 * t**2 * (1 - t), t**3)
        found.append(
            (
                sum(w * px for w, (px, _) in zip(weights, points, strict=True)),
                sum(w * py for w, (_, py) in zip(weights, points, strict=True)),
            )
        )
    return found


@cache  # the tests build often
def draw(svg: str, size: int, maskable: bool = False) -> bytes:
    """The drawing as a PNG file of size × size pixels; maskable: the first shape's colour fills all of it."""
    side, shapes = read(svg)
    scale = size / side * (SAFE if maskable else 1.0)
    shift = size / 2 - scale * side / 2
    rows = bytearray()
    for top in range(size):
        line = [(*shapes[0].colour, 1.0) if maskable else (0, 0, 0, 0.0)] * size
        for shape in shapes[1:] if maskable else shapes:
            for pixel, share in _coverage(shape, top, size, scale, shift).items():
                line[pixel] = _over(shape.colour, min(share, 1.0), line[pixel])
        rows.append(0)  # filter type: none
        for red, green, blue, opacity in line:
            rows += bytes((round(red), round(green), round(blue), round(255 * opacity)))
    return _png(size, bytes(rows))


def _coverage(shape: Shape, top: int, size: int, scale: float, shift: float) -> dict[int, float]:
    """Which share of each pixel of a row the shape covers."""
    shares: dict[int, float] = {}
    for line in range(LINES):
        y = (top + (line + 0.5) / LINES - shift) / scale
        for start, end in shape.row(y):
            first, last = max(start * scale + shift, 0.0), min(end * scale + shift, float(size))
            for pixel in range(int(first), math.ceil(last)):
                covered = min(last, pixel + 1) - max(first, pixel)
                shares[pixel] = shares.get(pixel, 0.0) + covered / LINES
    return shares


def _over(
    colour: Colour, share: float, below: tuple[float, float, float, float]
) -> tuple[float, float, float, float]:
    """A colour that covers a share of a pixel, laid over what is there."""
    opacity = share + below[3] * (1 - share)
    if not opacity:
        return below
    red, green, blue = (
        (c * share + b * below[3] * (1 - share)) / opacity for c, b in zip(colour, below[:3], strict=True)
    )
    return red, green, blue, opacity


def _png(size: int, rows: bytes) -> bytes:
    """PNG (ISO/IEC 15948), eight bits of red, green, blue and opacity. (kobai.png needs NumPy.)"""
    chunks = (
        (b"IHDR", struct.pack(">IIBBBBB", size, size, 8, 6, 0, 0, 0)),
        (b"IDAT", zlib.compress(rows, 9)),
        (b"IEND", b""),
    )
    return b"\x89PNG\r\n\x1a\n" + b"".join(
        struct.pack(">I", len(body)) + name + body + struct.pack(">I", zlib.crc32(name + body))
        for name, body in chunks
    )


def write(site: Path) -> None:
    """Write the icons into the assembled site. Raises BuildError if the SVG is missing or not understood."""
    source = site / SOURCE
    if not source.is_file():
        raise BuildError(f"static/{SOURCE} is missing: restore it from git.")
    svg = source.read_text(encoding="utf-8")
    for name, (size, maskable) in ICONS.items():
        (site / name).write_bytes(draw(svg, size, maskable))
