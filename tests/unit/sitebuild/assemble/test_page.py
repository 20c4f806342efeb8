"""The page put together from its panels, and its modules as one archive."""

import gzip
import io
import tarfile

import pytest
from sitebuild.assemble import page
from sitebuild.errors import BuildError


@pytest.fixture
def web(tmp_path):
    (tmp_path / "panels/look").mkdir(parents=True)
    (tmp_path / "index.html").write_text("<main>\n<!-- panel: look -->\n</main>\n", encoding="utf-8")
    panel = "<p>見る</p>\n  <!-- panel: look/inner -->\n"
    (tmp_path / "panels/look/panel.html").write_text(panel, encoding="utf-8")
    (tmp_path / "panels/look/inner.html").write_text("<i>\\1</i>\n", encoding="utf-8")
    return tmp_path


def test_panels_and_their_parts_stand_in_their_places(web):
    assert page.markup(web) == "<main>\n<p>見る</p>\n<i>\\1</i>\n</main>\n"


def test_a_part_that_is_lacking_is_named(web):
    (web / "panels/look/inner.html").unlink()
    with pytest.raises(BuildError, match=r"panels/look/inner\.html is missing"):
        page.markup(web)


@pytest.mark.parametrize(("file", "place"), [("attic/panel", "attic"), ("look/attic", "look/attic")])
def test_a_panel_without_a_place_is_named(web, file, place):
    path = web / f"panels/{file}.html"
    path.parent.mkdir(exist_ok=True)
    path.write_text("<p>", encoding="utf-8")
    with pytest.raises(
        BuildError, match=rf"{file}\.html has no place in the page: add <!-- panel: {place} -->"
    ):
        page.markup(web)


def test_the_modules_are_one_archive_always_of_the_same_bytes(tmp_path):
    (tmp_path / "z/y").mkdir(parents=True)
    for name, text in {
        "main.py": "first",
        "b.py": "# b",
        "a.py": "# あ",
        "notes.txt": "no",
        "z/y/main.py": "x = 1",
    }.items():
        (tmp_path / name).write_text(text, encoding="utf-8")
    packed = page.modules(tmp_path)
    with tarfile.open(fileobj=io.BytesIO(gzip.decompress(packed))) as archive:
        # a folder comes before what is in it: PyScript makes them one by one
        assert archive.getnames() == ["a.py", "b.py", "z", "z/y", "z/y/main.py"]
        assert archive.getmember("z/y").isdir()
        assert archive.extractfile("a.py").read().decode() == "# あ"
    (tmp_path / "a.py").touch()
    assert page.modules(tmp_path) == packed
