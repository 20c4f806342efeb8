"""`build.py pin NAME VERSION`: move a dependency to another version, with every hash that states it.

npm packages: package.json, package-lock.json (by npm itself) and, for the site's parts, parts.json. PyPI
packages that the build reads: the requirements files, pyproject.toml and parts.json. All is downloaded and
worked out aside; the files of the clone are written at the end, so a failure changes nothing.
"""

from __future__ import annotations

import json
import re
import shutil
import tempfile
import zipfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from ..errors import BuildError
from ..project import Project
from . import npm, pip, watched
from .cache import replacing, sha256_of
from .parts import PARTS_FILE
from .pyodide_parts import CARRIER

NPM_FOLDERS = (
    ".",
    "tests/bench",
    "tests/lint",
)  # each with a package.json and a lock; parts come from the first
BUILD_REQUIREMENTS = ("requirements-build.txt", "requirements-engine.txt", "requirements-pyodide.txt")
PLATFORMS = {  # where a package has a wheel for each machine
    "ziglang": (
        "manylinux_2_12_x86_64", "manylinux_2_17_aarch64", "macosx_14_0_x86_64", "macosx_14_0_arm64",
        "win_amd64", "win_arm64",
    ),
}  # fmt: skip
TEXTS = ("README.md", "docs", "py/sitebuild", "pyproject.toml", ".github")  # may name a version in words

Entry = dict[str, object]
Changes = dict[Path, str]  # the new text of each file


def pin(project: Project, name: str, version: str) -> None:
    """Pin `name` to `version` everywhere, and print what is left to do by hand.

    Raises BuildError when no list names it, it cannot be had, or a part is not in the new version.
    """
    if not re.fullmatch(r"\d[\w.+-]*", version):
        raise BuildError(f"{version!r} is not an exact version such as 1.2.3.")
    folders = [folder for folder in NPM_FOLDERS if name in npm_dependencies(project.root / folder)]
    requirements = [file for file in BUILD_REQUIREMENTS if pinned_version(read(project, file), name)]
    if folders:
        old = npm_dependencies(project.root / folders[0])[name]
        changes: Changes = {}
        for folder in folders:
            changes |= npm_changes(project, project.root / folder, name, version)
    elif requirements:
        old = str(pinned_version(read(project, requirements[0]), name))
        changes = pypi_changes(project, name, version)
    else:
        raise BuildError(
            f"{name} is pinned neither in a package.json nor in {', '.join(BUILD_REQUIREMENTS)}. "
            "(Packages of the tests are pinned by uv: see docs/build.md.)"
        )
    readme = project.root / "README.md"
    if readme.is_file():
        changes[readme] = in_table(
            changes.get(readme, readme.read_text(encoding="utf-8")), name, old, version
        )
    written = write(changes)
    print(f"{name} {old} -> {version}: {', '.join(written) or 'nothing has changed'}")
    if old != version:
        for place in mentions(project, old):
            print(f"  {old} is still named in {place}: look whether it is this one")


# ------------------------------------------------------------------------------------------------- npm


def npm_dependencies(folder: Path) -> dict[str, str]:
    """The exact versions that package.json asks for; none where there is no such file."""
    file = folder / "package.json"
    if not file.is_file():
        return {}
    content = json.loads(file.read_text(encoding="utf-8"))
    return {**content.get("dependencies", {}), **content.get("devDependencies", {})}


def npm_changes(project: Project, folder: Path, name: str, version: str) -> Changes:
    """package.json, its lock, and, in the root, the list of parts."""
    program = npm.check_tools()
    manifest = folder / "package.json"
    text = manifest.read_text(encoding="utf-8")
    text = re.sub(rf'("{re.escape(name)}": )"[^"]*"', rf'\g<1>"{version}"', text)
    project.work.mkdir(parents=True, exist_ok=True)
    with tempfile.TemporaryDirectory(prefix="pin-", dir=project.work) as aside:
        place = Path(aside)
        (place / "package.json").write_text(text, encoding="utf-8")
        for other in (folder / "package-lock.json", project.root / ".npmrc"):
            if other.is_file():
                shutil.copyfile(other, place / other.name)
        options = ["--ignore-scripts", "--no-audit", "--no-fund", "--loglevel=error", "--no-update-notifier",
                   f"--cache={place / 'downloads'}"]  # fmt: skip
        for command in (["install", "--package-lock-only", "--save-exact"], ["ci"]):
            watched.run(
                [program, *command, *options],
                what=f"{name} {version} from npm",
                cwd=place,
                watch=place,
                total=npm.UNPACKED,
                env={},
            )
        changes = {manifest: text, folder / "package-lock.json": read_text(place / "package-lock.json")}
        if folder.resolve() == project.root.resolve():
            changes[PARTS_FILE] = parts_text(
                [from_package(entry, place / "node_modules") for entry in parts_list()]
            )
        return changes


def from_package(entry: Entry, node_modules: Path) -> Entry:
    """The entry with size and hash of the file as it is now; one that is not from npm stays as it is."""
    package = node_modules / str(entry["package"])
    if not package.is_dir():
        return entry
    file = package / str(entry["member"])
    if not file.is_file():
        there = sorted(path.name for path in file.parent.glob("*")) if file.parent.is_dir() else []
        raise BuildError(
            f"{entry['package']} has no {entry['member']} any more; nothing was changed. In that folder are: "
            f"{', '.join(there)[:600] or 'no files'}. Name the new file in parts.json (any hash) "
            "and run the same command again."
        )
    return entry | described(file)


# ------------------------------------------------------------------------------------------------- PyPI


def pypi_changes(project: Project, name: str, version: str) -> Changes:
    """The requirements files that name it, pyproject.toml, and the parts that come from its wheel."""
    with wheels_of(project, name, version) as wheels:
        hashes = sorted(sha256_of(wheel) for wheel in wheels)
        changes = {
            file: with_pin(file.read_text(encoding="utf-8"), name, version, hashes)
            for file in project.root.glob("requirements-*.txt")
        }
        pyproject = project.root / "pyproject.toml"
        if pyproject.is_file():
            text = pyproject.read_text(encoding="utf-8")
            changes[pyproject] = re.sub(rf'"{re.escape(name)}==[^"]*"', f'"{name}=={version}"', text)
        changes[PARTS_FILE] = parts_text(
            [from_wheel(entry, wheels[0]) if entry["package"] == name else entry for entry in parts_list()]
        )
        return changes


@contextmanager
def wheels_of(project: Project, name: str, version: str) -> Iterator[list[Path]]:
    """The wheels of this version, one a platform; they go afterwards."""
    with pip.version_downloaded(project, name, version, PLATFORMS.get(name, ())) as folder:
        yield sorted(folder.glob("*.whl"))


def from_wheel(entry: Entry, wheel: Path) -> Entry:
    """The entry for the wheel itself, or for that of the same distribution inside of it (CARRIER)."""
    if entry["package"] != CARRIER:
        return entry | {"member": wheel.name} | described(wheel)
    folder, _, file = str(entry["member"]).rpartition("/")
    distribution = file.partition("-")[0]
    with zipfile.ZipFile(wheel) as archive, tempfile.TemporaryDirectory() as aside:
        found = [member for member in archive.namelist() if member.startswith(f"{folder}/{distribution}-")]
        if len(found) != 1:
            raise BuildError(
                f"{wheel.name} holds {len(found)} wheels of {distribution} in {folder}, not one; "
                "nothing was changed. Mend the entry in parts.json and run the same command again."
            )
        new = Path(archive.extract(found[0], aside))
        return entry | {"member": found[0], "to": f"pyodide/{new.name}"} | described(new)


def pinned_version(requirements: str, name: str) -> str | None:
    """The version that a requirements file pins, None when it does not name the package."""
    found = re.search(rf"^{re.escape(name)}==(\S+)", requirements, re.MULTILINE)
    return found[1] if found else None


def with_pin(requirements: str, name: str, version: str, hashes: list[str]) -> str:
    """The requirements file with this version and these hashes; further hashes of the same version stay."""
    block = re.compile(
        rf"^{re.escape(name)}==(\S+)((?: \\\n    --hash=sha256:[0-9a-f]{{64}})+)$", re.MULTILINE
    )

    def new(found: re.Match[str]) -> str:
        old = re.findall(r"[0-9a-f]{64}", found[2])
        if found[1] == version and set(hashes) <= set(old):
            return found[0]
        return " \\\n    ".join([f"{name}=={version}", *(f"--hash=sha256:{digest}" for digest in hashes)])

    return block.sub(new, requirements)


# ------------------------------------------------------------------------------------------------- files


def read_text(file: Path) -> str:
    """A file's text."""
    return file.read_text(encoding="utf-8")


def read(project: Project, name: str) -> str:
    """The text of a file of the project, "" where there is none."""
    file = project.root / name
    return read_text(file) if file.is_file() else ""


def described(file: Path) -> Entry:
    """Size and SHA-256 of a file, as parts.json has them."""
    return {"size": file.stat().st_size, "sha256": sha256_of(file)}


def parts_list() -> list[Entry]:
    """The entries of parts.json."""
    entries: list[Entry] = json.loads(read_text(PARTS_FILE))
    return entries


def parts_text(entries: list[Entry]) -> str:
    """One JSON object a line, so that a difference shows the parts that changed."""
    return "[\n" + ",\n".join(f"  {json.dumps(entry, ensure_ascii=False)}" for entry in entries) + "\n]\n"


def in_table(readme: str, name: str, old: str, new: str) -> str:
    """The README with the new version in the rows of its tables that name the package."""
    return "".join(
        line.replace(f" {old} ", f" {new} ")
        if line.startswith("|") and re.search(rf"(?<![\w-]){re.escape(name)}(?![\w-])", line, re.IGNORECASE)
        else line
        for line in readme.splitlines(keepends=True)
    )


def write(changes: Changes) -> list[str]:
    """Write what differs; the names of those files."""
    written = []
    for path, text in changes.items():
        if read_text(path) != text:
            with replacing(path) as file:
                file.write(text.encode())
            written.append(path.name)
    return sorted(written)


def mentions(project: Project, version: str) -> list[str]:
    """`file:line` of each place in words or code that still names a version."""
    files = [path for text in TEXTS for path in [project.root / text, *(project.root / text).rglob("*")]]
    whole = re.compile(rf"(?<![\w.]){re.escape(version)}(?![\w.]*\d)")
    found = []
    for path in sorted(files):
        if path.suffix in (".py", ".md", ".toml", ".yml") and path.is_file():
            for number, line in enumerate(read_text(path).splitlines(), 1):
                if whole.search(line):
                    found.append(f"{path.relative_to(project.root).as_posix()}:{number}")
    return found
