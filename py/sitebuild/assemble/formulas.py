r"""Formulas: the sources hold TeX, the site holds MathML, which every browser draws by itself.

    <math display="block" data-tex="\var{E}{E} = \frac12 \sum_k (\var{y}{y_k} - \var{t}{t_k})^2"></math>

`\var{name}{symbol}` says which variable of the code a symbol is; it becomes data-variable="name". Temml
typesets, in Node. A formula must not lie within an element marked data-t: the translation would replace it.
"""

from __future__ import annotations

import html
import json
import re
import subprocess
from pathlib import Path

from ..errors import BuildError
from ..fetch import npm

PROGRAM = Path(__file__).with_name("formulas.cjs")
PLACE = re.compile(r"<math(?P<attributes>(?:\s+[\w-]+(?:=\"[^\"]*\")?)*)\s*></math>")
TEX = re.compile(r"\s+data-tex=\"([^\"]*)\"")
OPENING = re.compile(r"^<math\b[^>]*>")
STYLE = re.compile(r"\s+style=\"([^\"]*)\"")
# the page's policy allows no style attributes; these are rules of web/panels/ideas/panel.css
KNOWN_STYLES = ("padding-left:0em;padding-right:0em;", "padding-left:1em;padding-right:0em;", "math-depth:0;")


def typeset(page: str, name: str, temml: Path) -> str:
    """The page with each formula as MathML; a page without formulas needs no Node.

    name: of the page, for messages. Raises BuildError for what is not TeX, or not in a formula's element.
    """
    places = [place for place in PLACE.finditer(page) if TEX.search(place["attributes"])]
    if page.count("data-tex=") != len(places):
        raise BuildError(
            f'{name} holds a data-tex outside of an empty <math data-tex="…"></math>: write it like this.'
        )
    if not places:
        return page
    formulas = [
        {"tex": html.unescape(TEX.findall(place["attributes"])[0]), "block": 'display="block"' in place[0]}
        for place in places
    ]
    pieces, end = [], 0
    for place, formula, done in zip(places, formulas, _run(formulas, temml), strict=True):
        if "error" in done:
            line = page.count("\n", 0, place.start()) + 1
            reason = done["error"].strip().split("\n")[0]
            raise BuildError(f"{name} line {line}: the formula {formula['tex']} is not right TeX ({reason}).")
        opening = f"<math{TEX.sub('', place['attributes'])}>"
        mathml = _without_styles(done["mathml"], name)
        pieces += [page[end : place.start()], opening + OPENING.sub("", mathml)]
        end = place.end()
    return "".join([*pieces, page[end:]])


def _run(formulas: list[dict[str, object]], temml: Path) -> list[dict[str, str]]:
    done = subprocess.run(
        [npm.check_node(), str(PROGRAM)],
        input=json.dumps({"temml": str(temml), "formulas": formulas}),
        capture_output=True, encoding="utf-8", check=False,
    )  # fmt: skip
    if done.returncode:
        raise BuildError(f"Node.js could not typeset the formulas: {done.stderr.strip()[-300:]}")
    answer: list[dict[str, str]] = json.loads(done.stdout)
    return answer


def _without_styles(mathml: str, name: str) -> str:
    inside = OPENING.sub("", mathml)
    strange = set(STYLE.findall(inside)) - set(KNOWN_STYLES)
    if strange:
        raise BuildError(
            f"A formula of {name} needs the style {strange.pop()!r}, which the page's policy forbids: "
            "write the formula without it."
        )
    return STYLE.sub("", mathml)
