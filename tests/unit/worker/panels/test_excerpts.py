"""The code beside the formulas: lines of the files of py/kobai, and every symbol's variable in them."""

from __future__ import annotations

import io
import re
import textwrap
import tokenize
from html.parser import HTMLParser

import pytest
from kobai.book.training_step import training_step
from kobai.errors import KobaiError
from sitebuild.check.extract_messages import ROOT
from worker.panels.ideas.excerpts import excerpt

IDEAS = ("data", "loss", "derivative", "gradient", "descent", "batches", "step")
VAR = re.compile(r"\\var\{(\w+)\}")


class Room(HTMLParser):
    """The figures of code, the symbols of the formulas, and the links of the list: symbol -> variable."""

    def __init__(self, number: int) -> None:
        super().__init__()
        self.figures: list[dict[str, str]] = []
        self.symbols: set[str] = set()
        self.links: dict[str, str] = {}
        self.ids: list[str] = []
        self.hrefs: dict[str, str] = {}
        self._link, self._code = "", False
        self.feed((ROOT / "web" / "panels" / "ideas" / f"{IDEAS[number - 1]}.html").read_text())

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        found = {key: value or "" for key, value in attrs}
        self.ids += [found["id"]] if "id" in found else []
        if "data-code" in found:
            self.figures.append(found)
        self.symbols |= set(VAR.findall(found.get("data-tex", "")))
        if tag == "a" and "data-variable" in found:
            self._link = found["data-variable"]
            self.hrefs[self._link] = found["href"]
        self._code = tag == "code" and bool(self._link)

    def handle_endtag(self, tag: str) -> None:
        self._code = False
        if tag == "a":
            self._link = ""

    def handle_data(self, data: str) -> None:
        if self._code:
            self.links[self._link] = data


def shown(figure: dict[str, str]) -> dict:
    parts = {key: figure[f"data-{key}"] for key in ("code", "begin", "end") if f"data-{key}" in figure}
    return excerpt(**parts)


@pytest.mark.parametrize("number", range(1, 8))
def test_an_idea_shows_lines_of_the_files_as_many_as_it_keeps_room_for(number):
    room = Room(number)
    assert room.figures
    css = (ROOT / "web" / "panels" / "ideas" / "excerpts.css").read_text()
    for figure in room.figures:
        answer = shown(figure)
        on_disk = (ROOT / "py" / "kobai" / answer["file"]).read_text()
        lines = [text for _number, text in answer["lines"]]
        assert [number for number, _text in answer["lines"]] == list(
            range(1, len(lines) + 1)
        )  # without a gap
        head, body = ("\n".join(lines), "") if figure.get("data-begin") else (lines[0], "\n".join(lines[1:]))
        for part in filter(None, (head, textwrap.dedent(body))):  # the docstring lies between them
            assert any(textwrap.indent(part, depth * "    ") in on_disk for depth in range(5))
        assert len(lines) == int(figure["data-lines"])
        assert f'[data-lines="{len(lines)}"] {{\n  --lines: {len(lines)};' in css


@pytest.mark.parametrize("number", range(1, 8))
def test_every_symbol_leads_to_a_variable_of_the_code(number):
    room = Room(number)
    assert room.symbols
    assert room.symbols <= set(room.links)
    names: set[str] = set()
    for figure in room.figures:
        for _at, text in shown(figure)["lines"]:
            try:
                tokens = list(tokenize.generate_tokens(io.StringIO(text.strip()).readline))
            except tokenize.TokenError:  # a line of a statement of several
                tokens = []
            names |= {token.string for token in tokens if token.type == tokenize.NAME}
    assert set(room.links.values()) <= names
    for symbol, href in room.hrefs.items():
        assert href == f"#idea-{number}-code-{symbol}"
        assert f"idea-{number}-symbol-{symbol}" in room.ids


def test_the_docstring_is_left_out_and_what_is_beside_the_part():
    everything = [text for _at, text in excerpt("training_step")["lines"]]
    assert everything[0].startswith("def training_step(network: TwoLayerNet, x_batch")
    assert training_step.__doc__.split("\n")[0] not in "\n".join(everything)
    part = [text for _at, text in excerpt("training_step", "for key", "network.params")["lines"]]
    assert part == [
        'for key in ("W1", "b1", "W2", "b2"):',
        "    network.params[key] -= learning_rate * grad[key]",
    ]


@pytest.mark.parametrize(
    "wish",
    [{"code": "exec"}, {"code": "training_step", "begin": "x = 3"}, {"code": "training_step", "end": "?"}],
)
def test_what_there_is_not_is_refused(wish):
    with pytest.raises(KobaiError, match="no such code"):
        excerpt(**wish)
