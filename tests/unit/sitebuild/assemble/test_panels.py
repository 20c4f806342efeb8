"""What the build makes from the list of panels."""

import json

import pytest
from sitebuild.assemble import panels
from sitebuild.assemble.panels import Panel
from sitebuild.check.extract_messages import ROOT
from sitebuild.errors import BuildError

ENTRIES = [
    {"name": "look", "view": "train"},
    {"name": "draw", "view": "examine", "page": "draw", "title": "Draw"},
    {"name": "offline", "view": "keep"},
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
        Panel("look", "train", "", ""),
        Panel("draw", "examine", "draw", "Draw"),
        Panel("offline", "keep", "", ""),
    ]


def test_what_the_page_and_the_worker_import_and_in_which_order_styles_apply(root):
    listed = panels.read(root)
    page, worker = {}, {}
    lines = panels.page_list(listed).replace("from panels.", "#").splitlines()
    exec("draw, offline = 'draw', 'offline'\n" + "\n".join(lines), page)
    assert page["PANELS"] == {"draw": "draw", "offline": "offline"}
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
        (json.dumps([{"name": "../look", "view": "train"}]), "needs a name"),
        (json.dumps([{"name": "look", "view": "attic"}]), "a view of"),
        (json.dumps([{"name": "look", "view": "train", "page": "a b"}]), "a word for the address"),
        (json.dumps([{"name": "look", "view": "train", "title": "Look"}]), "a title needs one"),
        (json.dumps([*ENTRIES, {"name": "attic", "view": "code"}]), r"attic/panel\.html is missing"),
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


def test_only_the_panels_of_later_views_wait_in_templates(root):
    listed = panels.read(root)
    assert panels.markup_of("train", listed) == "<!-- panel: look -->\n"
    assert panels.markup_of("keep", listed) == "<!-- panel: offline -->\n"
    assert panels.markup_of("examine", listed) == (
        '<div data-panel="draw" data-page="draw"><template>\n<!-- panel: draw -->\n</template></div>\n'
    )
    assert panels.links_of("examine", listed) == '    <a href="#examine/draw" data-t>Draw</a>\n'
    assert panels.links_of("train", listed) == ""


def test_each_panel_of_the_page_is_listed_once_and_its_section_has_its_name():
    listed = panels.read(ROOT)
    assert len({panel.name for panel in listed}) == len(listed)
    for panel in listed:
        markup = (ROOT / "web/panels" / panel.name / "panel.html").read_text(encoding="utf-8")
        assert f'id="{panel.name}"' in markup
