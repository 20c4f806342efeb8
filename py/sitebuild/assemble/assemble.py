"""Put the site together in a folder aside, and swap it in when it is whole."""

from __future__ import annotations

import re
import shutil
import tempfile
import time
import zipfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from ..errors import BuildError
from ..fetch import pyodide_parts
from ..fetch.cache import Cache, replacing
from ..fetch.part import Part
from ..project import Project
from . import (
    compile_engine,
    formulas,
    loading_sizes,
    messages,
    offline_manifest,
    page,
    panels,
    precompile,
    precompress,
    sbom,
    trim_matplotlib,
    versions,
)
from .pyodide_lock import extract_licences, trim_lock

MARK = Path("py", "library.zip")  # what tells a built site from any other folder
NEEDED = (
    "web/index.html", "web/panels.json", "py/protocol.py", "py/page", "py/worker", "py/kobai",
    "static/locale", "static/networks",
)  # fmt: skip
STALE = 3600  # seconds after which a folder left behind by a killed build is removed
SOURCE_MAP_COMMENT = re.compile(
    rb"^\s*(//[#@]\s*sourceMappingURL=.*|/\*[#@]\s*sourceMappingURL=[^*]*\*/)\s*$", re.M
)


def normal_base_path(text: str) -> str:
    """`/`, `/x/` or `/x/y/` from whatever slashes were given.

    Raises BuildError for a path with characters that would need escaping.
    """
    path = "/" + text.strip("/") + "/" if text.strip("/") else "/"
    if not re.fullmatch(r"/([A-Za-z0-9._~-]+/)*", path) or "/../" in path or "/./" in path:
        raise BuildError(
            f"--base-path {text!r} is not a plain path such as /kobai/: use letters, digits, - . _ ~ and /."
        )
    return path


def _source_files(folder: Path) -> list[Path]:
    return sorted(path for path in folder.rglob("*.py") if "__pycache__" not in path.parts)


def _copy_tree(source: Path, target: Path) -> None:
    """Copy a folder into another one; two sources for one file are a mistake."""
    for path in sorted(source.iterdir()):
        if path.name.startswith(".") or path.name == "__pycache__" or path.suffix == ".pyc":
            continue
        if path.is_dir():
            _copy_tree(path, target / path.name)
            continue
        if (target / path.name).exists():
            raise BuildError(f"{path} would replace another file of the site: give it another name.")
        target.mkdir(parents=True, exist_ok=True)
        shutil.copyfile(path, target / path.name)


def _write_library(project: Project, target: Path, listed: list[panels.Panel], version: bytes) -> None:
    """The worker's Python in one archive with fixed times, so that the same sources give the same bytes."""
    py = project.root / "py"
    paths = [py / page.PROTOCOL, *_source_files(py / "kobai"), *_source_files(py / "worker")]
    files = {path.relative_to(py).as_posix(): path.read_bytes() for path in paths}
    files["worker/panel_list.py"] = panels.worker_list(project.root, listed).encode()
    with zipfile.ZipFile(target, "w") as archive:
        for name, content in files.items():
            entry = zipfile.ZipInfo(name, date_time=(1980, 1, 1, 0, 0, 0))
            entry.external_attr = 0o644 << 16
            archive.writestr(entry, content.replace(versions.PLACE, version), zipfile.ZIP_DEFLATED, 9)


def _write_parts(project: Project, parts: list[Part], cache: Cache, site: Path) -> None:
    for part in parts:
        if not part.to:
            continue
        source, target = cache.path(part.sha256, gzipped=part.gzipped), site / part.to
        target.parent.mkdir(parents=True, exist_ok=True)
        if target.suffix in (".js", ".mjs"):
            # the maps are not shipped, and a browser's tools would ask for them
            target.write_bytes(SOURCE_MAP_COMMENT.sub(b"", source.read_bytes()))
        else:
            shutil.copyfile(source, target)
    wheels = [part for part in parts if part.package == pyodide_parts.CARRIER]
    for matplotlib in (site / "pyodide").glob("matplotlib-*.whl"):
        trim_matplotlib.trim(matplotlib)
    worker = [*_source_files(project.root / "py" / "kobai"), *_source_files(project.root / "py" / "worker")]
    precompile.precompile(project, site, worker)
    lock = site / "pyodide" / "pyodide-lock.json"
    lock.write_bytes(trim_lock(lock, wheels))
    for wheel in wheels:
        extract_licences(site / wheel.to, site / "licenses" / wheel.name.split("-")[0])


def _check_sources(project: Project) -> None:
    for needed in NEEDED:
        path = project.root / needed
        if not path.exists() or (path.is_dir() and not any(path.iterdir())):
            raise BuildError(
                f"{needed} is missing or empty, and the page cannot do without it: restore it from git."
            )


def fill(project: Project, cache: Cache, parts: list[Part], site: Path, base_path: str) -> None:
    """Write the whole site into the empty folder `site`."""
    _check_sources(project)
    version = versions.of(project.root)
    _copy_tree(project.root / "web", site)
    listed = panels.read(project.root)
    shutil.rmtree(site / "panels")  # put into the page and its style sheet
    (site / panels.LIST.name).unlink()
    (site / "css" / "panels.css").write_text(
        panels.style_sheet(project.root / "web", listed), encoding="utf-8", newline="\n"
    )
    for folder in sorted((project.root / "static").iterdir()):
        if folder.is_dir() and folder.name != "locale":
            _copy_tree(folder, site / folder.name)
    _copy_tree(Path(__file__).with_name("licenses"), site / "licenses")
    _write_parts(project, parts, cache, site)
    for started in (Path("py", "page", page.FIRST), Path("py", "worker", "main.py")):
        (site / started).parent.mkdir(parents=True, exist_ok=True)
        shutil.copyfile(project.root / started, site / started)
    (site / "py" / "page" / "modules.bin").write_bytes(page.modules(project.root, listed, version))
    _write_library(project, site / MARK, listed, version)
    (site / "engine").mkdir()
    shutil.copyfile(compile_engine.compile_wasm(project, cache), site / "engine" / "kobai_engine.wasm")
    (temml,) = (part for part in parts if part.package == "temml")
    markup = page.markup(project.root / "web", listed).replace(versions.PLACE.decode(), version.decode())
    index = formulas.typeset(markup, "the page", cache.path(temml.sha256))
    index = page.with_first_script(index, (site / page.FIRST_SCRIPT).read_text(encoding="utf-8"))
    (site / page.FIRST_SCRIPT).unlink()
    (site / "index.html").write_text(index, encoding="utf-8", newline="\n")
    (polib_wheel,) = (part for part in parts if part.package == "polib")
    polib = messages.import_polib(cache.path(polib_wheel.sha256))
    (site / "locale.js").write_bytes(messages.compile_catalogues(project.root / "static" / "locale", polib))
    lost = Path(__file__).with_name("404.html").read_text(encoding="utf-8")
    (site / "404.html").write_text(lost.replace("{{base_path}}", base_path), encoding="utf-8")
    loading_sizes.write(site)
    sbom.write(project, parts, site)
    offline_manifest.write(site)
    precompress.write(site)


@contextmanager
def aside(project: Project, out: Path) -> Iterator[Path]:
    """An empty folder beside `out` that takes its place when the block ends well, and goes when it does not.

    Raises BuildError when `out` holds something that is not a built site.
    """
    if out.exists() and not (out / MARK).is_file() and (not out.is_dir() or any(out.iterdir())):
        raise BuildError(
            f"{out} holds something that is not a built site: name an empty or new folder with --out."
        )
    # inside the project nothing but .cache is ours to litter; elsewhere a neighbour can be renamed at once
    place = project.work if out.parent == project.root else out.parent
    place.mkdir(parents=True, exist_ok=True)
    for left in place.glob(f".{out.name}-new-*"):
        if time.time() - left.stat().st_mtime > STALE:
            shutil.rmtree(left, ignore_errors=True)
    folder = Path(tempfile.mkdtemp(prefix=f".{out.name}-new-", dir=place))
    try:
        new, old = folder / "new", folder / "old"
        new.mkdir()
        yield new
        if out.exists():
            out.rename(old)
        new.rename(out)
    finally:
        shutil.rmtree(folder, ignore_errors=True)


def copy_mnist_for_tests(project: Project, site: Path) -> None:
    """The four files in .cache/mnist, where the unit tests of the learning library read them."""
    for source in sorted((site / "data").glob("*.gz")):
        target = project.work / "mnist" / source.name
        if not target.is_file() or target.read_bytes() != source.read_bytes():
            with replacing(target) as file:
                file.write(source.read_bytes())
