"""The page put together from its rooms, and its modules as one archive."""

import gzip
import io
import tarfile

import pytest
from sitebuild import page
from sitebuild.errors import BuildError


@pytest.fixture
def web(tmp_path):
    (tmp_path / "rooms").mkdir()
    (tmp_path / "index.html").write_text("<main>\n<!-- room: look -->\n</main>\n", encoding="utf-8")
    (tmp_path / "rooms/look.html").write_text("<p>見る</p>\n  <!-- room: inner -->\n", encoding="utf-8")
    (tmp_path / "rooms/inner.html").write_text("<i>\\1</i>\n", encoding="utf-8")
    return tmp_path


def test_rooms_and_rooms_within_rooms_stand_in_their_places(web):
    assert page.markup(web) == "<main>\n<p>見る</p>\n<i>\\1</i>\n</main>\n"


def test_a_room_that_is_lacking_is_named(web):
    (web / "rooms/inner.html").unlink()
    with pytest.raises(BuildError, match=r"rooms/inner\.html is missing"):
        page.markup(web)


def test_a_room_without_a_place_is_named(web):
    (web / "rooms/attic.html").write_text("<p>", encoding="utf-8")
    with pytest.raises(BuildError, match=r"rooms/attic\.html has no place"):
        page.markup(web)


def test_the_modules_are_one_archive_always_of_the_same_bytes(tmp_path):
    for name, text in {"main.py": "first", "b.py": "# b", "a.py": "# あ", "notes.txt": "no"}.items():
        (tmp_path / name).write_text(text, encoding="utf-8")
    packed = page.modules(tmp_path)
    with tarfile.open(fileobj=io.BytesIO(gzip.decompress(packed))) as archive:
        assert archive.getnames() == ["a.py", "b.py"]
        assert archive.extractfile("a.py").read().decode() == "# あ"
    (tmp_path / "a.py").touch()
    assert page.modules(tmp_path) == packed
