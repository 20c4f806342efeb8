"""offline.json and the icons: every file with its hash; the version changes with nothing but the content."""

import hashlib
import json
import struct

import numpy as np
import pytest
from PIL import Image
from sitebuild.assemble import offline_manifest
from sitebuild.assemble.precompress import is_copy
from sitebuild.errors import BuildError
from support.build_project import ROOT

DIST = ROOT / "dist"
FILES = {
    "index.html": "<meta content='{{version}}'>",
    "css/a.css": "a {}",
    "data/train-images.gz": "not gzip",
    "pyodide/numpy-1.whl": "numpy",
    "pyodide/matplotlib-1.whl": "matplotlib",
    "js/offline_copy.js": 'MARK = "{{" + "version}}";\n',
    "service-worker.js": '// {{offline_copy.js}}: put in here\nVERSION = "{{version}}";\n',
}


def site_of(folder, **changes):
    """A small site with its offline.json; the manifest as it is read."""
    for name, text in (FILES | changes).items():
        if text is not None:
            (folder / name).parent.mkdir(parents=True, exist_ok=True)
            (folder / name).write_text(text, encoding="utf-8")
    offline_manifest.write(folder)
    return json.loads((folder / offline_manifest.NAME).read_text(encoding="utf-8"))


def hash_of(manifest, name, content):
    """As the service worker makes it: of a file that names the version, from before it did."""
    if manifest["files"][name].get("stamped"):
        content = content.replace(manifest["version"].encode(), offline_manifest.VERSION_MARK)
    return hashlib.sha256(content).hexdigest()


def test_every_file_is_listed_as_it_is_delivered(tmp_path):
    manifest = site_of(tmp_path)
    listed = manifest["files"]
    assert set(listed) == set(FILES) - {offline_manifest.WORKER}
    for name, entry in listed.items():
        content = (tmp_path / name).read_bytes()
        assert entry["bytes"] == len(content)
        assert entry["sha256"] == hash_of(manifest, name, content)


def test_page_and_worker_are_told_the_version(tmp_path):
    version = site_of(tmp_path)["version"]
    page = (tmp_path / "index.html").read_text(encoding="utf-8")
    assert version in page
    assert "{{" not in page
    # what reads the copy is a part of the worker, as it is
    reading = (tmp_path / offline_manifest.READING).read_text(encoding="utf-8")
    worker = (tmp_path / offline_manifest.WORKER).read_text(encoding="utf-8")
    assert worker == reading + f'VERSION = "{version}";\n'


def test_the_version_is_the_hash_of_the_list(tmp_path):
    """Of all that it says of the files, so that no list with other hashes passes for that of this version."""
    manifest = site_of(tmp_path)
    text = json.dumps(manifest["files"], sort_keys=True, separators=(",", ":"))
    assert manifest["version"] == hashlib.sha256(text.encode()).hexdigest()[:32]
    # in the very order in which JavaScript will write it again
    assert text in (tmp_path / offline_manifest.NAME).read_text(encoding="utf-8")


@pytest.mark.parametrize(
    "changes",
    [
        {"css/a.css": "b {}"},
        {"css/b.css": ""},
        {"css/a.css": None, "css/c.css": "a {}"},
        {"index.html": "<meta content='{{version}}'> "},
        {"data/train-images.gz": "other"},
    ],
    ids=["content", "more", "renamed", "page", "large"],
)
def test_the_version_changes_with_any_content(tmp_path, changes):
    first = site_of(tmp_path / "first")
    assert site_of(tmp_path / "second", **changes)["version"] != first["version"]


def test_the_version_does_not_change_without_a_change_of_content(tmp_path):
    first = site_of(tmp_path / "first")
    again = site_of(tmp_path / "again")
    assert first == again
    # the worker is not part of what it keeps: browsers compare it by its bytes
    worker = site_of(tmp_path / "worker", **{offline_manifest.WORKER: "// {{version}}"})
    assert worker == first


def test_each_file_is_in_the_group_that_it_is_fetched_with(tmp_path):
    groups = {name: entry["group"] for name, entry in site_of(tmp_path)["files"].items()}
    assert groups.pop("data/train-images.gz") == "training"
    assert groups.pop("pyodide/matplotlib-1.whl") == "figure"
    assert set(groups.values()) == {"core"}


def test_a_site_without_its_worker_is_refused(tmp_path):
    with pytest.raises(BuildError, match="service-worker"):
        offline_manifest.write(tmp_path)


def test_a_worker_without_its_part_is_refused(tmp_path):
    with pytest.raises(BuildError, match="offline_copy"):
        site_of(tmp_path, **{offline_manifest.READING: None})


def test_the_built_site_is_listed_whole():
    manifest = json.loads((DIST / offline_manifest.NAME).read_text(encoding="utf-8"))
    files = {
        path.relative_to(DIST).as_posix(): path
        for path in DIST.rglob("*")
        if path.is_file() and not is_copy(path)
    }
    assert set(manifest["files"]) == set(files) - {offline_manifest.NAME, offline_manifest.WORKER}
    for name, entry in manifest["files"].items():
        content = files[name].read_bytes()
        assert (entry["bytes"], entry["sha256"]) == (len(content), hash_of(manifest, name, content)), name
    sizes = dict.fromkeys(("core", "training", "figure"), 0)
    for entry in manifest["files"].values():
        sizes[entry["group"]] += entry["bytes"]
    assert 15e6 < sizes["core"] < 25e6
    assert 9e6 < sizes["training"] < 11e6
    assert 3e6 < sizes["figure"] < 8e6
    unpacked = {name for name, entry in manifest["files"].items() if entry.get("unpacked")}
    assert unpacked == {name for name in manifest["files"] if name.endswith(".gz")}
    assert "data/train-images-idx3-ubyte.gz" in unpacked


def test_the_png_icons_are_the_drawing():
    """Made once from favicon.svg: its shapes where they are in it."""
    folder = ROOT / "static" / "icons"
    svg = (folder / "favicon.svg").read_text(encoding="utf-8")
    assert 'viewBox="0 0 32 32"' in svg
    assert 'fill="#9b2750"' in svg
    plum, white = (0x9B, 0x27, 0x50, 255), (255, 255, 255, 255)
    for side in (192, 512):
        icon = Image.open(folder / f"icon-{side}.png").convert("RGBA")
        assert icon.size == (side, side)

        def at(x, y, icon=icon, scale=side / 32):
            """The pixel at a place of the drawing, 0 to 32."""
            return icon.getpixel((int(x * scale), int(y * scale)))

        assert at(0, 0)[3] == 0  # the corner is round
        assert at(30, 16) == at(16, 2) == plum
        assert at(13.4, 19) == white  # the disc
        assert at(6.4, 9) == at(25.9, 24) == white  # the curve near its two ends
        opacity = np.asarray(icon)[:, :, 3]
        assert ((opacity > 0) & (opacity < 255)).any()  # smooth edges


def test_a_maskable_icon_may_be_cut_to_its_inner_circle():
    icon = Image.open(ROOT / "static" / "icons" / "maskable-512.png").convert("RGBA")
    plum = (0x9B, 0x27, 0x50, 255)
    assert icon.getchannel("A").getextrema() == (255, 255)
    pixels = np.asarray(icon)
    assert tuple(pixels[0, 0]) == plum
    y, x = np.nonzero((pixels != plum).any(axis=2))
    assert np.hypot(x - 255.5, y - 255.5).max() <= 0.4 * 512  # what every system shows


def test_the_web_app_manifest_names_icons_that_are_there():
    manifest = json.loads((DIST / "manifest.webmanifest").read_text(encoding="utf-8"))
    assert manifest["start_url"] == manifest["scope"] == "./"
    assert manifest["display"] == "standalone"
    for icon in manifest["icons"]:
        path = DIST / icon["src"]
        if icon["type"] == "image/png":
            width, height = struct.unpack(">II", path.read_bytes()[16:24])
            assert icon["sizes"] == f"{width}x{height}"
        else:
            assert path.suffix == ".svg"
    purposes = {(icon["sizes"], icon.get("purpose", "any")) for icon in manifest["icons"]}
    assert {("192x192", "any"), ("512x512", "any"), ("512x512", "maskable")} <= purposes
    page = (DIST / "index.html").read_text(encoding="utf-8")
    assert '<link rel="manifest" href="manifest.webmanifest">' in page
