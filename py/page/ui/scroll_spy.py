"""Mark the link in the header whose panel is in the middle of the window."""

import js
from pyscript import document, ffi

MIDDLE = "-45% 0px -50% 0px"  # a narrow band a little above the middle of the window
_links = {}


def start():
    """Mark the link of the panel that is in the middle of the window."""
    links = document.querySelectorAll(".rooms-nav a")
    observer = js.IntersectionObserver.new(ffi.create_proxy(_on_crossing), ffi.to_js({"rootMargin": MIDDLE}))
    for i in range(links.length):
        link = links.item(i)
        room = link.getAttribute("href")[1:]
        _links[room] = link
        observer.observe(document.getElementById(room))


def _on_crossing(entries, *_observer):
    for i in range(entries.length):
        link = _links[entries[i].target.id]
        if entries[i].isIntersecting:
            link.setAttribute("aria-current", "true")
            link.parentElement.scrollTo(ffi.to_js({"left": link.offsetLeft - 40}))
        else:
            link.removeAttribute("aria-current")
