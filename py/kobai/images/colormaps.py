"""Colour maps: from a value between 0 and 1 to a colour."""

from __future__ import annotations

# Viridis: even to the eye, and distinct to the colour-blind and in greyscale (van der Walt and Smith, 2015)
VIRIDIS = (0x440154, 0x482878, 0x3E4989, 0x31688E, 0x26828E, 0x1F9E89, 0x35B779, 0x6ECE58, 0xB5DE2B, 0xFDE725)
