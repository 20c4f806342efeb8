"""A panel is added as CONTRIBUTING.md says: files of one name, an entry in web/panels.json, its messages."""

import json
import re
import shutil

import numpy as np
import pytest
from playwright.sync_api import expect
from sitebuild import site as builder
from sitebuild.project import Project
from support import reference
from support.browser.faulty_server import BASE_PATH, serving
from support.browser.kobai_page import WORK
from support.reference import ROOT

SAMPLE = ROOT / "tests" / "support" / "sample_panel"


@pytest.fixture
def site_with_sample(tmp_path):
    clone = tmp_path / "clone"
    for folder in ("web", "static", "py"):
        shutil.copytree(ROOT / folder, clone / folder, ignore=shutil.ignore_patterns("__pycache__"))
    for file in [*ROOT.glob("*.json"), *ROOT.glob("requirements-*.txt")]:
        shutil.copy(file, clone)
    for folder in ("web", "py"):
        shutil.copytree(SAMPLE / folder, clone / folder, dirs_exist_ok=True)
    listed = clone / "web" / "panels.json"
    entries = json.loads(listed.read_text(encoding="utf-8"))
    entries.insert(4, json.loads((SAMPLE / "panels.json").read_text(encoding="utf-8")))
    listed.write_text(json.dumps(entries), encoding="utf-8")
    with (clone / "static" / "locale" / "ja.po").open("a", encoding="utf-8") as catalogue:
        catalogue.write("\n" + (SAMPLE / "ja.po").read_text(encoding="utf-8"))
    builder.build(Project(clone), tmp_path / "site", BASE_PATH)
    with serving(tmp_path / "site") as running:
        yield running


def test_a_new_panel_is_in_the_page_asks_the_worker_and_speaks_both_languages(visit, site_with_sample):
    kobai = visit(site=site_with_sample).kobai.wait_until_ready()
    page = kobai.page
    page.get_by_role("link", name="Examine", exact=True).click()
    links = page.get_by_role("navigation", name="Pages of this view").get_by_role("link").all_inner_texts()
    assert links[:3] == ["Draw", "Empty", "Mistakes"]  # where its entry stands
    page.get_by_role("link", name="Empty", exact=True).click()
    panel = page.get_by_role("region", name="An empty image")
    expect(panel).to_be_in_viewport()
    expect(page.get_by_role("alert")).to_be_hidden()
    panel.get_by_role("button", name="Show it nothing").click()
    y = reference.predict(reference.shipped_params(), np.zeros((1, 784)))[0]
    said = f"A {y.argmax()}, it says, and is {100 * y.max():.2f} % sure."
    answer = panel.get_by_role("status")
    expect(answer).to_have_text(said, timeout=WORK)
    assert answer.evaluate("part => getComputedStyle(part).fontSize") == "20px"  # by its style sheet
    page.get_by_role("button", name="日本語").click()
    expect(page.locator("#empty h2")).to_have_text("何も書かれていない画像")
    expect(page.locator("#empty-answer")).to_have_text(re.compile(rf"^答えは {y.argmax()}（確率 "))
