"""`pip install .`: what is installed is the learning library, and the README's example trains with it."""

import os
import re
import subprocess
import sys
from pathlib import Path

import numpy as np
import pytest

ROOT = Path(__file__).resolve().parents[3]
PYTHON_BLOCK = re.compile(r"```python\n(.*?)```", re.DOTALL)


@pytest.fixture(scope="module")
def installed(tmp_path_factory, engine) -> Path:
    """A folder with the installed package and nothing else. `engine`: so that it has been compiled."""
    folder = tmp_path_factory.mktemp("installed")
    done = subprocess.run(
        [sys.executable, "-m", "pip", "install", "--quiet", "--no-deps", "--no-build-isolation", "--no-index",
         "--disable-pip-version-check", "--target", str(folder), str(ROOT)],
        capture_output=True, text=True, check=False,
    )  # fmt: skip
    assert done.returncode == 0, done.stderr[-2000:]
    return folder


def run(code: str, installed: Path, folder: Path) -> str:
    """What a Python outside of the clone prints, that finds the installed package and NumPy."""
    done = subprocess.run(
        [sys.executable, "-c", code],
        cwd=folder,
        env={key: value for key, value in os.environ.items() if not key.startswith("PYTHON")}
        | {"PYTHONPATH": str(installed)},
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 0, done.stderr[-2000:]
    return done.stdout


@pytest.mark.slow
def test_only_the_library_is_installed_whole(installed):
    assert {path.name for path in installed.iterdir() if path.suffix != ".dist-info"} == {"kobai"}

    def below(folder):
        names = {path.relative_to(folder).as_posix() for path in folder.rglob("*") if path.is_file()}
        return {name for name in names if "__pycache__" not in name}

    assert below(installed / "kobai") == below(ROOT / "py" / "kobai") | {"training/kobai_engine.so"}
    (metadata,) = installed.glob("kobai-*.dist-info/METADATA")
    needed = re.findall(r"^Requires-Dist: (\w+)(?!.*extra)", metadata.read_text("utf-8"), re.MULTILINE)
    assert needed == ["numpy"]
    assert "License-Expression: MIT" in metadata.read_text("utf-8")


@pytest.mark.slow
def test_the_example_of_the_readme_trains(installed, mnist_dir, tmp_path):
    (example,) = PYTHON_BLOCK.findall((ROOT / "README.md").read_text(encoding="utf-8"))
    assert len([line for line in example.splitlines() if line]) <= 10
    for written, here in (("10_000", "300"), ('".cache/mnist"', repr(str(mnist_dir)))):
        assert example.count(written) == 1
        example = example.replace(written, here)
    printed = dict(line.split(": ") for line in run(example, installed, tmp_path).splitlines())
    assert float(printed["accuracy before"]) < 0.2
    assert float(printed["accuracy after"]) > 0.4  # 0.5 after 300 iterations from seed 0
    assert float(printed["loss of the last batch"]) < 2.2  # 2.3 at the start


def test_the_engine_goes_along_and_gives_the_same_training(installed, tmp_path):
    code = """
import numpy as np
from kobai import Settings, Trainer, installed_engine
x, t = np.arange(20 * 784, dtype=np.uint8).reshape(20, 784), np.arange(20, dtype=np.uint8) % 10
for engine, compiled in (("numpy", None), ("fast", installed_engine())):
    trainer = Trainer(Settings(engine=engine, iterations=5, batch_size=4), x, t, x, t, compiled)
    while not trainer.finished:
        trainer.step()
    print(type(compiled).__name__, *trainer.train_loss_list)
"""
    (_, *losses), (name, *fast) = (line.split() for line in run(code, installed, tmp_path).splitlines())
    assert name == "Engine"
    np.testing.assert_allclose(np.float64(fast), np.float64(losses), rtol=1e-5)


def test_the_clone_stays_as_it_was(installed):
    assert not (ROOT / "build").exists()
    assert not list((ROOT / "py").rglob("*.egg-info"))
