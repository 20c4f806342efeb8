"""The page put together from its panels, and its modules as one archive."""

import gzip
import io
import tarfile

import pytest
from sitebuild.assemble import page
from sitebuild.assemble.panels import Panel
from sitebuild.errors import BuildError

PANELS = [Panel("look", "train", "", ""), Panel("draw", "examine", "own", "Draw & see")]
INDEX = (
    "<!-- panels: train -->\n<nav>\n<!-- links: examine -->\n</nav>\n<!-- panels: examine -->\n"
    "<!-- panels: ideas -->\n<!-- panels: code -->\n<!-- panels: keep -->\n"
)


@pytest.fixture
def web(tmp_path):
    for name, text in {
        "index.html": INDEX,
        "panels/look/panel.html": "<p>見る</p>\n  <!-- panel: look/inner -->\n",
        "panels/look/inner.html": "<i>\\1</i>\n",
        "panels/draw/panel.html": "<p>描く</p>\n",
    }.items():
        path = tmp_path / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text, encoding="utf-8")
    return tmp_path


def test_panels_and_their_parts_stand_in_their_places(web):
    assert page.markup(web, PANELS) == (
        "<p>見る</p>\n<i>\\1</i>\n"
        '<nav>\n    <a href="#examine/own" data-t>Draw &amp; see</a>\n</nav>\n'
        '<div data-panel="draw" data-page="own"><template>\n<p>描く</p>\n</template></div>\n'
    )


def test_a_part_that_is_lacking_is_named(web):
    (web / "panels/look/inner.html").unlink()
    with pytest.raises(BuildError, match=r"panels/look/inner\.html is missing"):
        page.markup(web, PANELS)


def test_a_part_without_a_place_is_named(web):
    (web / "panels/look/attic.html").write_text("<p>", encoding="utf-8")
    with pytest.raises(
        BuildError, match=r"look/attic\.html has no place in the page: add <!-- panel: look/attic -->"
    ):
        page.markup(web, PANELS)


@pytest.mark.parametrize(
    "mark", ["<!-- links: examine -->", "<!-- panels: train -->", "<!-- panels: code -->"]
)
def test_a_page_that_has_no_place_for_its_panels_is_refused(web, mark):
    (web / "index.html").write_text(INDEX.replace(mark, ""), encoding="utf-8")
    with pytest.raises(BuildError, match=f"needs the line {mark} once"):
        page.markup(web, PANELS)


def test_the_modules_are_one_archive_always_of_the_same_bytes(tmp_path):
    for name, text in {
        "page/main.py": "first",
        "page/b.py": "# b",
        "page/a.py": "# あ",
        "page/notes.txt": "no",
        "page/z/y/main.py": "x = 1",
        "protocol.py": "# both",
    }.items():
        path = tmp_path / "py" / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text, encoding="utf-8")
    packed = page.modules(tmp_path, PANELS)
    with tarfile.open(fileobj=io.BytesIO(gzip.decompress(packed))) as archive:
        # a folder comes before what is in it: PyScript makes them one by one
        names = ["a.py", "b.py", "panel_list.py", "protocol.py", "z", "z/y", "z/y/main.py"]
        assert archive.getnames() == names
        assert archive.getmember("z/y").isdir()
        assert archive.extractfile("a.py").read().decode() == "# あ"
        assert "from panels.draw import draw" in archive.extractfile("panel_list.py").read().decode()
    (tmp_path / "py/page/a.py").touch()
    assert page.modules(tmp_path, PANELS) == packed
