"""What the page's files say twice must be the same: limits, module lists, the shipped network's answers."""

import hashlib
import json
from html.parser import HTMLParser

import numpy as np
import pytest
from kobai.book import mnist
from kobai.book.multi_layer_net import layer_sizes
from kobai.files.network_file import load_network
from kobai.images.png import image_png
from kobai.settings import LIMITS, Settings
from sitebuild.assemble import page, panels
from sitebuild.check.extract_messages import ROOT


class Fields(HTMLParser):
    def __init__(self):
        super().__init__()
        self.by_id = {}
        self.early = []

    def handle_starttag(self, tag, attrs):
        if "preload" in dict(attrs).get("rel", ""):
            self.early.append(dict(attrs)["href"])
        if dict(attrs).get("id"):
            self.by_id[dict(attrs)["id"]] = dict(attrs)


@pytest.fixture(scope="module")
def markup():
    parser = Fields()
    parser.feed(page.markup(ROOT / "web", panels.read(ROOT)))
    return parser


@pytest.fixture(scope="module")
def fields(markup):
    return markup.by_id


@pytest.mark.parametrize("name", LIMITS)
def test_a_field_allows_what_the_library_allows(fields, name):
    field, limit = fields[name], LIMITS[name]
    assert (float(field["min"]), float(field["max"])) == (limit.minimum, limit.maximum)
    assert field["step"] == ("1" if limit.integer else "any")
    assert float(field["value"]) == getattr(Settings(), name)


def test_what_is_asked_for_early_is_part_of_the_site(markup):
    parts = {part["to"] for part in json.loads((ROOT / "py/sitebuild/fetch/parts.json").read_text())}
    made = {"networks/first_answers.json", "sizes.json", "py/page/main.py", "py/page/modules.bin"}
    assert set(markup.early) <= parts | made
    assert "py/page/modules.bin" in markup.early


def test_the_answers_before_python_is_up_are_those_of_the_shipped_network(mnist_dir):
    first = json.loads((ROOT / "static" / "networks" / "first_answers.json").read_text())
    network = load_network((ROOT / "static" / "networks" / "two_layer_net.pkl").read_bytes())
    _train, (x_test, t_test) = mnist.load_mnist(dataset_dir=mnist_dir)
    for image in first["images"]:
        index = image["index"]
        assert image["label"] == t_test[index]
        np.testing.assert_allclose(image["probabilities"], network.predict(x_test[index]), atol=1e-7)
        png = image_png(np.rint(x_test[index] * 255).astype(np.uint8))
        assert (ROOT / "static" / image["src"]).read_bytes() == png


def test_the_shipped_networks_are_what_their_provenance_states(mnist_dir):
    _train, (x_test, t_test) = mnist.load_mnist(dataset_dir=mnist_dir)
    shipped = json.loads((ROOT / "static" / "networks" / "shipped.json").read_text())
    assert [about["id"] for about in shipped] == ["shipped", "shipped-1000", "shipped-3"]
    assert [about["iterations"] for about in shipped] == [10_000, 1_000, 10_000]
    for about in shipped:
        data = (ROOT / "static" / about["file"]).read_bytes()
        network = load_network(data)
        assert np.mean(network.predict(x_test).argmax(axis=1) == t_test) == about["accuracy"]
        assert list(layer_sizes(network.params)) == about["layers"]
        assert sum(value.size for value in network.params.values()) == about["parameters"]
        assert len(data) == about["bytes"]
        assert hashlib.sha256(data).hexdigest() == about["sha256"]
