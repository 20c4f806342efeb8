"""What the build makes from the list of panels."""

import json

import pytest
from sitebuild.assemble import panels
from sitebuild.assemble.panels import Panel
from sitebuild.check.extract_messages import ROOT
from sitebuild.errors import BuildError

ENTRIES = [
    {"name": "look", "title": "Look", "place": "first"},
    {"name": "draw", "title": "Draw", "place": "below"},
    {"name": "offline", "place": "below"},
]


def write(root, files):
    for name, text in files.items():
        path = root / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text, encoding="utf-8")


@pytest.fixture
def root(tmp_path):
    write(
        tmp_path,
        {
            "web/panels.json": json.dumps(ENTRIES),
            "web/panels/look/panel.html": "",
            "web/panels/look/panel.css": "/* look */",
            "web/panels/draw/panel.html": "",
            "web/panels/draw/a.css": "/* a */",
            "web/panels/draw/panel.css": "/* draw */",
            "web/panels/offline/panel.html": "",
            "py/page/panels/draw/draw.py": "",
            "py/page/panels/offline/offline.py": "",
            "py/worker/panels/draw.py": "",
            "py/worker/panels/look/look.py": "",
        },
    )
    return tmp_path


def test_the_list_is_read_in_its_order(root):
    assert panels.read(root) == [
        Panel("look", "Look", "first"),
        Panel("draw", "Draw", "below"),
        Panel("offline", "", "below"),
    ]


def test_what_the_page_and_the_worker_import_and_in_which_order_styles_apply(root):
    listed = panels.read(root)
    page, worker = {}, {}
    lines = panels.page_list(listed).replace("from panels.", "#").splitlines()
    exec("draw, offline = 'draw', 'offline'\n" + "\n".join(lines), page)
    assert page["PANELS"] == ["draw", "offline"]
    text = panels.worker_list(root, listed)
    assert "from worker.panels.look import look\nfrom worker.panels import draw\n" in text
    lines = text.replace("from worker", "#").splitlines()
    exec("look, draw = 'look', 'draw'\n" + "\n".join(lines), worker)
    assert worker["PANELS"] == ["look", "draw"]
    assert panels.style_sheet(root / "web", listed).split("\n") == ["/* look */", "/* draw */", "/* a */"]


@pytest.mark.parametrize(
    ("entries", "said"),
    [
        ("{", "cannot be read"),
        ('[{"name": "look"}]', "cannot be read"),
        (json.dumps([{"name": "../look", "place": "first"}]), "needs a name"),
        (json.dumps([{"name": "look", "place": "above"}]), "a place of"),
        (json.dumps([*ENTRIES, {"name": "attic", "place": "below"}]), r"attic/panel\.html is missing"),
        (json.dumps(ENTRIES[:2]), "web/panels/offline has no entry"),
    ],
)
def test_a_wrong_list_is_refused(root, entries, said):
    write(root, {"web/panels.json": entries})
    with pytest.raises(BuildError, match=said):
        panels.read(root)


def test_a_panel_without_its_module_is_refused(root):
    (root / "py/page/panels/draw/draw.py").unlink()
    with pytest.raises(BuildError, match=r"py/page/panels/draw/draw\.py is missing"):
        panels.read(root)


def test_the_navigation_of_the_page_names_each_panel_once():
    listed = panels.read(ROOT)
    links = panels.navigation(listed)
    assert links.count("<a ") == len([panel for panel in listed if panel.title])
    assert len({panel.name for panel in listed}) == len(listed)
    for panel in listed:  # its section has its name
        markup = (ROOT / "web/panels" / panel.name / "panel.html").read_text(encoding="utf-8")
        assert f'id="{panel.name}"' in markup
