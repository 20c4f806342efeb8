"""What the charts of the page have in common: uPlot's axes in the page's colours, and when to draw anew.

No function of ours formats or scales: what it returns reaches uPlot as undefined now and then.
"""

import js
from pyscript import document, ffi, window
from ui.i18n import on_language


def style(name):
    """A colour of the page, such as --accent, as it is now."""
    return window.getComputedStyle(document.documentElement).getPropertyValue(name).strip()


def axis(label=""):
    """An axis of uPlot in the colours of the page."""
    ink, rule = style("--ink-soft"), style("--rule")
    made = {
        "stroke": ink,
        "font": "12px system-ui",
        "labelFont": "12px system-ui",
        "labelSize": 18,
    }
    if label:
        made["label"] = label
    made["grid"] = {"stroke": rule, "width": 1}
    made["ticks"] = {"stroke": rule, "width": 1, "size": 4}
    made["size"] = 44
    return made


def array(parts):
    """A JavaScript array of what is JavaScript's already."""
    made = js.Array.new()
    for part in parts:
        made.push(part)
    return made


def keep_up_to_date(place, build, resize):
    """Call build() now and for another language or colours, resize() when the place has another width."""
    on_language(build)
    scheme = window.matchMedia("(prefers-color-scheme: dark)")
    scheme.addEventListener("change", ffi.create_proxy(lambda event: build()))
    fit = ffi.create_proxy(lambda time: resize())
    # in the next frame: a change of size within the observer is an error to the browser
    js.ResizeObserver.new(ffi.create_proxy(lambda *entries: js.requestAnimationFrame(fit))).observe(place)
