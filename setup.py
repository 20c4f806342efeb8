"""What pyproject.toml cannot state: the compiled engine goes into the package where it has been built.

Everything that setuptools writes goes to .cache/package, so the clone stays clean.
"""

import shutil
import sys
from pathlib import Path

from setuptools import setup
from setuptools.command.bdist_wheel import bdist_wheel
from setuptools.command.build_py import build_py

ROOT = Path(__file__).resolve().parent
WORK = Path(".cache") / "package"  # setuptools wants it relative to this file
sys.path.insert(0, str(ROOT / "py"))

from sitebuild.assemble.compile_engine import built_native  # noqa: E402
from sitebuild.fetch.cache import Cache  # noqa: E402
from sitebuild.project import Project, user_cache_folder  # noqa: E402

ENGINE = built_native(Project(ROOT), Cache(user_cache_folder()))


class BuildPackage(build_py):
    """Copy the modules, and the compiled engine beside them."""

    def run(self) -> None:
        super().run()
        if ENGINE:
            shutil.copyfile(ENGINE, Path(self.build_lib) / "kobai" / "training" / "kobai_engine.so")


class BuildWheel(bdist_wheel):
    """With the engine inside, the wheel is for this machine, but for any Python (ctypes loads the engine)."""

    def finalize_options(self) -> None:
        super().finalize_options()
        self.root_is_pure = ENGINE is None

    def get_tag(self) -> tuple[str, str, str]:
        _, _, machine = super().get_tag()
        return "py3", "none", machine


shutil.rmtree(ROOT / WORK, ignore_errors=True)  # no module of a former build gets into this one
(ROOT / WORK).mkdir(parents=True)
setup(
    cmdclass={"build_py": BuildPackage, "bdist_wheel": BuildWheel},
    options={"build": {"build_base": str(WORK)}, "egg_info": {"egg_base": str(WORK)}},
)
