"""A moment of a trace in the address of the page, and as a link to be passed on."""

import asyncio

import networks
from panels.trace import address
from pyscript import document, window
from ui.dom import by_id, on, on_click
from ui.i18n import _

EVERYWHERE = ("shipped", "shipped-1000", "shipped-3", "fresh")  # everyone has these: a link may name them
REST = 0.4  # seconds of rest at a moment before the address says it: browsers limit how often it may change
_now = {"moment": None}


def start(moment, open_link):
    """moment: the present one as a wish (see address.py), or None; open_link: called with (wish, word)."""
    _now["moment"] = moment
    on_click("trace-copy", _copy)
    on(document.defaultView, "hashchange", lambda event: _read(open_link))
    _read(open_link)


def wish_of(asked, recording, at):
    """What is on the page as a wish; the network only if everyone has it."""
    wish = {key: value for key, value in asked.items() if key not in ("at", "line", "network")}
    if recording["network"]["id"] in EVERYWHERE:
        wish["network"] = recording["network"]["id"]
    wish["at"] = at
    return wish


async def write():
    """Put the present moment into the address, once the learner rests there."""
    wish = _now["moment"]()
    await asyncio.sleep(REST)
    if wish and wish == _now["moment"]() and by_id("trace").getClientRects().length:
        address.write(wish)


def _read(open_link):
    here = [network["id"] for network in networks.shelf()]  # a link within the page may name these, too
    wish, useless = address.read(list(EVERYWHERE) + here)
    if wish is None:
        return
    word = ""
    if useless:
        word = _(
            "A part of the link could not be understood and is left out: {parts}.", parts=", ".join(useless)
        )
    open_link(wish, word)


async def _copy():
    """The link into the clipboard; where the browser forbids that, into a field to copy it from."""
    link = address.link(_now["moment"]())
    copied = False
    if window.navigator.clipboard:
        try:
            await window.navigator.clipboard.writeText(link)
            copied = True
        except Exception:  # the reader, or the browser, said no
            copied = False
    by_id("trace-copied").textContent = _("Copied.") if copied else _("Here it is, to be copied:")
    field = by_id("trace-link")
    field.hidden = copied
    field.value = link
    if not copied:
        field.select()
