"""Saving a network to a file, with the Python that loads it."""

import js
import networks
from pyscript import document, ffi, window
from ui.dom import by_id, enable, make, on, on_click
from ui.i18n import _, number, on_language
from worker_link import worker

FILES = {"dict": "{stem}.pkl", "instance": "{stem}.pkl", "npz": "{stem}.npz"}
LOADING = {
    "dict": """import pickle

with open("{name}", "rb") as f:
    params = pickle.load(f)  # a dict: {keys}
""",
    "instance": """import pickle
from two_layer_net import TwoLayerNet  # the book's ch04/two_layer_net.py

with open("{name}", "rb") as f:
    network = pickle.load(f)""",
    "npz": """import numpy as np

with np.load("{name}") as f:
    params = dict(f)  # {keys}
""",
}
INTO_NETWORK = """
network = TwoLayerNet(784, {hidden}, 10)
network.params = params"""


def start():
    """Connect its controls; called once, before Python runs."""
    on(by_id("save-format"), "change", lambda event: show())
    on_click("save", _save)
    networks.on_change(_on_change)
    on_language(show)


def show():
    """The button, and the code for the network in use and the chosen form."""
    enable("save", worker.ready(), worker.why())
    network = networks.about(networks.current())
    instance = document.querySelector('#save-format option[value="instance"]')
    instance.disabled = not _is_the_books(network)
    if instance.disabled and by_id("save-format").value == "instance":
        by_id("save-format").value = "dict"
    form = by_id("save-format").value
    text = LOADING[form]
    if form != "instance" and _is_the_books(network):
        text += INTO_NETWORK.replace("{hidden}", str(network["layers"][1]))
    keys = ", ".join("W{0}, b{0}".format(i + 1) for i in range(len(network["layers"]) - 1))
    name = file_name(network, form)
    document.querySelector("#save-code code").textContent = text.replace("{name}", name).replace(
        "{keys}", keys
    )


async def _on_change():
    show()


def _is_the_books(network):
    return len(network["layers"]) == 3 and network["activation"] == "sigmoid"


def file_name(network, form):
    """The name of the file that this form of the network is saved in."""
    stem = "two_layer_net" if _is_the_books(network) else "network"
    return FILES[form].replace("{stem}", stem)


async def _save():
    await download(networks.current(), by_id("save-format").value)


async def download(key, form):
    """Hand the network to the browser as a file of this form."""
    data = (await worker.call("download", network=key, format=form))[1]
    name = file_name(networks.about(key), form)
    hand_over(data, name)
    by_id("keep-result").textContent = _(
        "Saved as {name} ({size} kB).", name=name, size=number(int(data.length / 1000 + 0.5))
    )


def hand_over(data, name):
    """Bytes as a file, to be saved by the browser."""
    blob = js.Blob.new(ffi.to_js([data]), ffi.to_js({"type": "application/octet-stream"}))
    address = js.URL.createObjectURL(blob)
    make("a", href=address, download=name).click()
    window.setTimeout(ffi.create_proxy(lambda: js.URL.revokeObjectURL(address)), 60000)
