"""The source as it runs in the worker, one line an element, the current one marked."""

from pyscript import ffi
from ui.dom import make, on

KEYWORDS = (
    " and as assert async await break class continue def del elif else except False finally for from global "
    "if import in is lambda None nonlocal not or pass raise return True try while with yield "
)
WORD = "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ_0123456789"


class Source:
    """A listing in `place`; jump: called with the number of a line that is clicked."""

    def __init__(self, place, jump):
        self._place, self._jump = place, jump
        self._listings = {}  # key -> (element, first line, {number: line element}): built once
        self._shown, self._marked = None, None
        on(place, "click", self._on_click)

    def forget(self):
        """Another recording: its listings are its own."""
        self._listings, self._shown, self._marked = {}, None, None

    def show(self, key, first, text, stops, line):
        """Show a function and mark a line; stops: the numbers of its lines that run, which can be clicked."""
        if key not in self._listings:
            self._listings[key] = _listing(first, text, stops)
        listing, lines = self._listings[key]
        if self._shown != key:
            self._place.replaceChildren(listing)
            self._shown = key
        if self._marked is not None:
            self._marked.removeAttribute("aria-current")
        self._marked = lines.get(line)
        if self._marked is not None:
            self._marked.setAttribute("aria-current", "true")
            self._into_view(self._marked)

    def keep_in_view(self):
        """The listing has another height now."""
        if self._marked is not None:
            self._into_view(self._marked)

    def _into_view(self, line):
        """Scroll inside the listing only; the page stays where it is."""
        top, height = line.offsetTop, self._place.clientHeight
        if not self._place.scrollTop + 24 <= top <= self._place.scrollTop + height - 48:
            self._place.scrollTo(ffi.to_js({"top": top - height / 3}))

    def _on_click(self, event):
        line = event.target.closest("[data-line]")
        if line is not None:
            self._jump(int(line.getAttribute("data-line")))


def _listing(first, text, stops):
    listing = make("div", **{"class": "listing"})
    lines, inside = {}, ""
    for i, code in enumerate(text.rstrip("\n").split("\n")):
        number = first + i
        line = make("div", **{"class": "line"})
        if number in stops:
            line.setAttribute("data-line", str(number))
        line.append(make("span", str(number), **{"class": "number"}))
        parts, inside = pieces(code, inside)
        shown = make("code")
        for kind, piece in parts:
            if kind:
                shown.append(make("span", piece, **{"class": kind}))
            else:
                shown.append(piece)
        line.append(shown)
        listing.append(line)
        lines[number] = line
    return listing, lines


def pieces(code, inside):
    """([(kind, text)], inside) of a line; kind: "keyword", "string", "comment" or "" for anything else.

    inside: the quotes of a docstring that is open before, or after, this line; else "".
    """
    pieces, at = [], 0
    while at < len(code):
        if inside:
            end = code.find(inside, at)
            stop = len(code) if end < 0 else end + 3
            pieces.append(("string", code[at:stop]))
            inside, at = (inside, stop) if end < 0 else ("", stop)
        elif code[at] == "#":
            pieces.append(("comment", code[at:]))
            at = len(code)
        elif code[at : at + 3] in ('"""', "'''"):
            end = code.find(code[at : at + 3], at + 3)
            if end < 0:
                inside = code[at : at + 3]
            stop = len(code) if end < 0 else end + 3
            pieces.append(("string", code[at:stop]))
            at = stop
        elif code[at] in "\"'":
            stop = at + 1
            while stop < len(code) and code[stop] != code[at]:
                stop += 2 if code[stop] == "\\" else 1
            pieces.append(("string", code[at : stop + 1]))
            at = stop + 1
        else:
            stop = at + 1
            if code[at] in WORD:
                while stop < len(code) and code[stop] in WORD:
                    stop += 1
            word = code[at:stop]
            if f" {word} " in KEYWORDS:
                pieces.append(("keyword", word))
            elif pieces and not pieces[-1][0]:
                pieces[-1] = ("", pieces[-1][1] + word)
            else:
                pieces.append(("", word))
            at = stop
    return pieces, inside
