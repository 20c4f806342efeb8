"""The size table and the budgets of the three stages of loading."""

import random

import pytest
from sitebuild.assemble import size_budget
from sitebuild.errors import BuildError

MB = 1_000_000


def site_with(tmp_path, megabytes):
    """The sizes of a site of incompressible files."""
    for name, size in megabytes.items():
        path = tmp_path / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(random.Random(name).randbytes(int(size * MB)))
    return size_budget.measure(tmp_path)


@pytest.mark.parametrize(
    ("name", "title"),
    [
        ("index.html", "page interactive"),
        ("locale.js", "page interactive"),
        ("pyscript/core.js", "page interactive"),
        ("mpy/micropython.wasm", "page interactive"),
        ("py/page/main.py", "page interactive"),
        ("a-new-file.js", "page interactive"),
        ("pyodide/pyodide.asm.wasm", "ready to predict"),
        ("pyodide/numpy-2.4.3-cp314.whl", "ready to predict"),
        ("py/library.zip", "ready to predict"),
        ("networks/two_layer_net.pkl", "ready to predict"),
        ("data/t10k-images-idx3-ubyte.gz", "ready to predict"),
        ("data/train-images-idx3-ubyte.gz", "ready to train"),
        ("pyodide/matplotlib-3.10.8-cp314.whl", "on demand"),
        ("signature_pad/signature_pad.umd.min.js", "on demand"),
        ("licenses/numpy/LICENSE.txt", "on demand"),
    ],
)
def test_a_file_counts_where_it_is_first_needed(name, title):
    assert size_budget.stage_of(name).title == title


def test_sizes_within_the_budgets_pass(tmp_path):
    size_budget.check(site_with(tmp_path, {"index.html": 0.6, "py/library.zip": 11, "data/train-x.gz": 1}))


@pytest.mark.parametrize(
    ("files", "title"),
    [
        ({"index.html": 0.71}, "page interactive"),
        ({"index.html": 0.6, "py/library.zip": 11.8}, "ready to predict"),
        ({"index.html": 0.6, "py/library.zip": 11, "data/train-x.gz": 12.5}, "ready to train"),
    ],
)
def test_each_budget_counts_all_that_came_before(tmp_path, files, title):
    with pytest.raises(BuildError, match=f"'{title}' takes"):
        size_budget.check(site_with(tmp_path, files))


def test_what_is_loaded_on_demand_has_no_budget(tmp_path):
    size_budget.check(site_with(tmp_path, {"pyodide/matplotlib.whl": 30}))


def test_text_is_weighed_as_it_travels(tmp_path):
    (tmp_path / "page.css").write_bytes(
        b"body { margin: 0 }\n" * 50_000
    )  # 950 kB, and next to nothing gzipped
    (size,) = size_budget.measure(tmp_path)
    assert size.raw == 950_000
    assert size.gzipped < 10_000
    size_budget.check([size])


def test_the_table_lists_every_file(tmp_path):
    text = size_budget.table(
        site_with(tmp_path, {"index.html": 0.1, "py/library.zip": 2, "licenses/x": 0.001})
    )
    for name in ("index.html", "py/library.zip", "licenses/x"):
        assert sum(line.split()[:1] == [name] for line in text.splitlines()) == 1
    assert "page interactive: 0.10 of 0.7 MB gzipped" in text
    assert "ready to predict: 2.10 of 12.3 MB gzipped" in text
