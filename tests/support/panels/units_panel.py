"""The hidden units, as a learner looks at them."""

from __future__ import annotations

import base64
import re
import struct
import zlib

import numpy as np
from playwright.sync_api import Locator, expect

WORK = 120_000  # ms for the units to be looked through on all test images


class UnitsPanel:
    def __init__(self, kobai) -> None:
        self.kobai, self.page = kobai, kobai.page
        kobai.show("examine/units")
        self.region = kobai.region("What the hidden units look for")
        self.name = self.region.get_by_role("heading", level=3)

    def come_near(self) -> UnitsPanel:
        self.region.scroll_into_view_if_needed()
        expect(self.name).not_to_be_empty(timeout=WORK)
        return self

    def units(self) -> Locator:
        return self.region.get_by_role("button", name=re.compile("output -?[0-9.]+$"))

    def expect_units(self, units: list[int], outputs: list[float]) -> None:
        """These units in this order, each with its output for the chosen image."""
        expect(self.units()).to_have_count(len(units), timeout=WORK)
        for item, unit, output in zip(self.units().all(), units, outputs, strict=True):
            expect(item).to_have_accessible_name(f"Hidden unit {unit}, output {output:.2f}", timeout=WORK)

    def picture(self, unit: int) -> np.ndarray:
        """The weights of the unit at this place of the grid, as colours."""
        return self._pixels(self.units().nth(unit).locator("img"))

    def large(self, name: str) -> np.ndarray:
        """One of the three large pictures by what its caption says."""
        figure = self.region.locator("figure").filter(has_text=name)
        return self._pixels(figure.locator("img"))

    def _pixels(self, image: Locator) -> np.ndarray:
        return read_palette_png(base64.b64decode(image.get_attribute("src").split(",")[1]))

    def sum(self) -> tuple[float, float, float, float]:
        """What the sentence says: of the pixels, the bias, both, and what the activation makes of it."""
        text = self.region.get_by_text(re.compile("^All pixels of the product add up to")).inner_text()
        numbers = re.findall(r"[+−]?\d+\.\d\d", text)
        return tuple(float(number.replace("−", "-")) for number in numbers)

    def rows(self) -> list[list[str]]:
        """The table behind the pictures."""
        return self.region.locator("details table tbody tr").evaluate_all(
            "rows => rows.map(row => [...row.cells].map(cell => cell.textContent))"
        )


def read_palette_png(data: bytes) -> np.ndarray:
    """Red, green, blue, opacity (height, width, 4) of a PNG with a palette of opacities and no filters."""
    chunks, position = {}, 8
    while position < len(data):
        size, name = struct.unpack_from(">I4s", data, position)
        chunks[name] = data[position + 8 : position + 8 + size]
        position += 12 + size
    width, height, _depth, kind = struct.unpack_from(">IIBB", chunks[b"IHDR"])
    assert kind == 3
    levels = np.frombuffer(zlib.decompress(chunks[b"IDAT"]), np.uint8).reshape(height, 1 + width)[:, 1:]
    colours = np.frombuffer(chunks[b"PLTE"], np.uint8).reshape(-1, 3)
    return np.hstack([colours, np.frombuffer(chunks[b"tRNS"], np.uint8)[:, None]])[levels].astype(float)
