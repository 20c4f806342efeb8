"""The trimmed Matplotlib: smaller, still drawing, and vouched for by the lock file."""

import json
import subprocess
import sys
import zipfile

from sitebuild.assemble import trim_matplotlib
from sitebuild.assemble.pyodide_lock import trim_lock
from sitebuild.fetch.cache import sha256_of
from sitebuild.fetch.part import Part

MEMBERS = {
    "matplotlib/figure.py": b"figure = 1",
    "matplotlib/backends/backend_svg.py": b"",
    "matplotlib/backends/backend_qt5agg.py": b"",
    "matplotlib/backends/backend_pdf.py": b"",
    "matplotlib/tests/test_axes.py": b"",
    "matplotlib/mpl-data/sample_data/data.csv": b"1,2",
    "matplotlib/mpl-data/fonts/ttf/DejaVuSans.ttf": b"font",
    "matplotlib/mpl-data/fonts/ttf/STIXGeneral.ttf": b"font",
    "matplotlib/mpl-data/fonts/ttf/LICENSE_STIX": b"licence",
    "matplotlib-3.dist-info/licenses/LICENSE": b"licence",
}


def write_wheel(path):
    with zipfile.ZipFile(path, "w") as wheel:
        for name, content in MEMBERS.items():
            wheel.writestr(name, content)


def test_what_the_page_never_draws_goes_and_the_rest_stays(tmp_path):
    wheel = tmp_path / "matplotlib-3.whl"
    write_wheel(wheel)
    trim_matplotlib.trim(wheel)
    with zipfile.ZipFile(wheel) as trimmed:
        assert trimmed.testzip() is None
        left = {name: trimmed.read(name) for name in trimmed.namelist()}
    kept = ("figure.py", "svg.py", "DejaVuSans.ttf", "LICENSE_STIX", "licenses/LICENSE")
    assert left == {name: content for name, content in MEMBERS.items() if name.endswith(kept)}


def test_the_same_wheel_always_gives_the_same_bytes(tmp_path):
    hashes = set()
    for name in ("a.whl", "b.whl"):
        write_wheel(tmp_path / name)
        trim_matplotlib.trim(tmp_path / name)
        hashes.add(sha256_of(tmp_path / name))
    assert len(hashes) == 1


def test_the_lock_file_names_the_trimmed_wheel_and_asks_for_no_unused_package(tmp_path):
    wheel = tmp_path / "matplotlib-3.whl"
    write_wheel(wheel)
    pinned = sha256_of(wheel)
    package = {"file_name": wheel.name, "sha256": pinned, "depends": ["fonttools", "pytz"]}
    lock = tmp_path / "pyodide-lock.json"
    lock.write_text(json.dumps({"info": {}, "packages": {"matplotlib": package}}))
    trim_matplotlib.trim(wheel)
    part = Part("open-webui", wheel.name, f"pyodide/{wheel.name}", 1, pinned)
    trimmed = json.loads(trim_lock(lock, [part]))["packages"]["matplotlib"]
    assert trimmed == {"file_name": wheel.name, "sha256": sha256_of(wheel), "depends": []}


def test_matplotlib_draws_without_the_dropped_modules():
    """The dropped names are blocked in a fresh interpreter; the book's figures must not need them."""
    code = """
import sys
from sitebuild.assemble.trim_matplotlib import DROPPED, UNUSED
class Blocked:
    def find_spec(self, name, path=None, target=None):
        file = name.replace(".", "/")
        unused = name.split(".")[0] in ("fontTools", "pytz")
        if unused or DROPPED.match(file + ".py") or DROPPED.match(file + "/"):
            raise ImportError(f"{name} is not shipped")
sys.meta_path.insert(0, Blocked())
from kobai.images import matplotlib_figures as figures
for form in ("svg", "png"):
    assert figures.loss_curve([2.3, 1.0, 0.5], form)
    assert figures.accuracy_curves([0.1, 0.9], [0.1, 0.8], form)
"""
    subprocess.run(
        [sys.executable, "-c", code], check=True, env={"PYTHONPATH": "py", "PATH": ""}, timeout=120
    )
