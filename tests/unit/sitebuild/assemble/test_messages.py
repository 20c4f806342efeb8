"""Catalogues become one script that is valid JSON behind an assignment, whatever the messages hold."""

import json

import polib
import pytest
from sitebuild.assemble.messages import compile_catalogues
from sitebuild.errors import BuildError

START, END = "window.kobaiMessages = ", ";\n"


def compiled(folder):
    script = compile_catalogues(folder, polib).decode("utf-8")
    assert script.startswith(START)
    assert script.endswith(END)
    return script, json.loads(script[len(START) : -len(END)])


def write_catalogue(path, entries, **extra):
    catalogue = polib.POFile()
    catalogue.metadata = {"Content-Type": "text/plain; charset=UTF-8"}
    for msgid, msgstr in entries.items():
        catalogue.append(polib.POEntry(msgid=msgid, msgstr=msgstr, **extra))
    catalogue.save(str(path))


def test_no_catalogue_gives_an_empty_table(tmp_path):
    assert compiled(tmp_path)[1] == {}


def test_each_language_is_a_table_from_english(tmp_path):
    write_catalogue(tmp_path / "ja.po", {"Train": "学習する", "Epoch {n}": "エポック {n}"})
    write_catalogue(tmp_path / "de.po", {"Train": "Trainieren"})
    assert compiled(tmp_path)[1] == {
        "ja": {"Train": "学習する", "Epoch {n}": "エポック {n}"},
        "de": {"Train": "Trainieren"},
    }


def test_hostile_characters_survive_and_break_nothing(tmp_path):
    nasty = 'a "quote", a \\ backslash,\na line, \u2028 a separator, </script> and </b>'
    write_catalogue(tmp_path / "ja.po", {"Nasty": nasty})
    script, table = compiled(tmp_path)
    assert table["ja"]["Nasty"] == nasty
    assert "</" not in script
    assert "\u2028" not in script


def test_untranslated_fuzzy_and_obsolete_messages_are_left_to_english(tmp_path):
    catalogue = polib.POFile()
    catalogue.append(polib.POEntry(msgid="Kept", msgstr="残す"))
    catalogue.append(polib.POEntry(msgid="Empty", msgstr=""))
    catalogue.append(polib.POEntry(msgid="Unsure", msgstr="たぶん", flags=["fuzzy"]))
    catalogue.append(polib.POEntry(msgid="Gone", msgstr="昔", obsolete=True))
    catalogue.save(str(tmp_path / "ja.po"))
    assert compiled(tmp_path)[1] == {"ja": {"Kept": "残す"}}


@pytest.mark.parametrize("extra", [{"msgctxt": "menu"}, {"msgid_plural": "many"}], ids=["context", "plural"])
def test_what_the_page_cannot_show_stops_the_build(tmp_path, extra):
    write_catalogue(tmp_path / "ja.po", {"Open": "開く"}, **extra)
    with pytest.raises(BuildError, match="ja.po line"):
        compiled(tmp_path)


@pytest.mark.parametrize(
    "text",
    ['msgid "a"\nmsgstr "1"\n\nmsgid "a"\nmsgstr "2"\n', 'msgid "a"\nmsgstr "un"quoted"\n'],
    ids=["twice", "syntax"],
)
def test_a_broken_catalogue_stops_the_build(tmp_path, text):
    (tmp_path / "ja.po").write_text(text, encoding="utf-8")
    with pytest.raises(BuildError, match="ja.po cannot be read"):
        compiled(tmp_path)
