"""Formulas: TeX in the sources, MathML on the site, each symbol with the variable it stands for."""

import shutil
from xml.etree import ElementTree

import pytest
from sitebuild.assemble import formulas, page, panels
from sitebuild.errors import BuildError
from sitebuild.fetch import npm
from sitebuild.fetch.cache import Cache
from sitebuild.fetch.parts import load_parts
from sitebuild.project import user_cache_folder
from support.build_project import ROOT


@pytest.fixture(scope="module")
def temml():
    (part,) = (part for part in load_parts() if part.package == "temml")
    found = Cache(user_cache_folder()).find(part.sha256)
    assert found, "the build puts Temml into the cache"
    return found


def typeset(text, temml):
    return formulas.typeset(text, "page.html", temml)


def math_of(tex, temml, attributes=""):
    return ElementTree.fromstring(typeset(f'<math{attributes} data-tex="{tex}"></math>', temml))


def test_a_symbol_keeps_the_variable_of_the_code(temml):
    math = math_of(r"\var{W1}{W_1} - \var{learning_rate}{\eta}", temml)
    symbols = {each.get("data-variable"): "".join(each.itertext()) for each in math.iter() if each.attrib}
    assert symbols["W1"] == "W1"
    assert symbols["learning_rate"] == "η"
    assert [each.tag for each in math.iter() if each.get("data-variable") == "W1"] == ["msub"]


def test_a_fraction_is_a_fraction_and_the_text_is_html(temml):
    math = math_of(r"\frac{a}{b} &lt; 1", temml)
    assert [("".join(f[0].itertext()), "".join(f[1].itertext())) for f in math.iter("mfrac")] == [("a", "b")]
    assert "<" in "".join(math.itertext())


def test_the_element_keeps_its_own_attributes_and_loses_its_tex(temml):
    math = math_of(r"\sum_k x_k", temml, ' display="block" class="large"')
    assert math.attrib == {"display": "block", "class": "large"}
    assert math.find(".//munder") is not None  # a block: the index lies below the sum


@pytest.mark.parametrize(
    "tex", [r"\hat{y}", r"\begin{pmatrix}a\\b\end{pmatrix}", r"\begin{cases}a&amp;b\\c&amp;d\end{cases}"]
)
def test_nothing_needs_a_style_that_the_policy_of_the_page_forbids(temml, tex):
    assert all("style" not in each.attrib for each in math_of(tex, temml).iter())


def test_what_is_around_formulas_stays_as_it_was(temml):
    text = '<p>one</p>\n<math data-tex="x"></math> and <math data-tex="y"></math>\n<p>two</p>'
    done = typeset(text, temml)
    assert done.startswith("<p>one</p>\n<math><mi>x</mi></math> and <math>")
    assert done.endswith("</math>\n<p>two</p>")
    assert typeset(text, temml) == done


@pytest.mark.parametrize(
    ("page", "sentence"),
    [
        (
            '\n\n<math data-tex="\\frac{1}"></math>',
            r"page.html line 3: the formula \\frac\{1\} is not",
        ),
        ('<math data-tex="\\nonsense"></math>', r"not right TeX \(Unsupported function name: \\nonsense"),
        ('<math data-tex="\\href{https://a.b}{x}"></math>', "not right TeX"),
        ('<math data-tex="\\color{red} x"></math>', "needs the style"),
        ('<math data-tex="x"> </p>', "outside of an empty <math"),
        ('<span data-tex="x"></span>', "outside of an empty <math"),
    ],
)
def test_a_formula_that_cannot_be_typeset_stops_the_build_with_a_sentence(temml, page, sentence):
    with pytest.raises(BuildError, match=sentence) as stop:
        typeset(page, temml)
    assert "\n" not in str(stop.value)


def test_without_formulas_node_is_not_asked(monkeypatch, tmp_path):
    monkeypatch.setattr(npm, "check_node", lambda: pytest.fail("no formula, no Node"))
    assert typeset("<p>plain</p>", tmp_path / "none") == "<p>plain</p>"


def test_without_node_the_build_says_what_is_lacking(monkeypatch, temml):
    monkeypatch.setattr(shutil, "which", lambda name: None)
    with pytest.raises(BuildError, match=r"Node.js was not found: install Node.js 20"):
        typeset('<math data-tex="x"></math>', temml)


def test_every_formula_of_the_page_can_be_typeset(temml):
    done = formulas.typeset(page.markup(ROOT / "web", panels.read(ROOT)), "the page", temml)
    assert "data-tex" not in done
