"""Every message of the page is translated, every translation is used, and both have the same fields."""

import string

import polib
import pytest
from sitebuild.check.extract_messages import ROOT, messages

CATALOGUES = sorted((ROOT / "static" / "locale").glob("*.po"))


def fields(text):
    return sorted(name for _literal, name, _spec, _conversion in string.Formatter().parse(text) if name)


def test_japanese_is_among_the_catalogues():
    assert "ja.po" in [path.name for path in CATALOGUES]


@pytest.mark.parametrize("path", CATALOGUES, ids=lambda path: path.stem)
class TestCatalogue:
    def test_no_message_is_untranslated(self, path):
        translated = {entry.msgid for entry in polib.pofile(str(path)).translated_entries()}
        assert sorted(set(messages()) - translated) == []

    def test_no_translation_is_unused(self, path):
        known = {entry.msgid for entry in polib.pofile(str(path))}
        assert sorted(known - set(messages())) == []

    def test_the_fields_are_the_same(self, path):
        for entry in polib.pofile(str(path)):
            assert fields(entry.msgstr) == fields(entry.msgid), entry.msgid


def test_messages_are_found_in_every_kind_of_source(tmp_path):
    for folder in ("web/js", "web/panels/look", "py/page/ui", "py/worker", "py/kobai/book"):
        (tmp_path / folder).mkdir(parents=True)
    (tmp_path / "web/index.html").write_text('<p data-t>Text</p><p>no</p><b data-t-button="Name"></b>')
    (tmp_path / "web/panels/look/panel.html").write_text("<p data-t>In a panel</p>")
    (tmp_path / "web/panels.json").write_text(
        '[{"name": "look", "view": "train", "page": "look", "title": "In the list"}]'
    )
    (tmp_path / "web/js/boot.js").write_text('show(\n_(\n"In script"),x)')
    (tmp_path / "py/page/ui/a.py").write_text('_("Page {n}", n=1)\nX = N_("Later")\nprint("not this")')
    (tmp_path / "py/kobai/book/b.py").write_text(
        'raise SettingsError("field", "Wrong.")\nraise KobaiError("Bad.")'
    )
    found = messages(tmp_path)
    page = ["Text", "Name", "In a panel", "In the list", "In script"]
    assert list(found) == [*page, "Page {n}", "Later", "Wrong.", "Bad."]
