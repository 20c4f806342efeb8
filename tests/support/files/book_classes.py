"""The classes of chapters 4 to 6, as a reader's Python pickles them: attributes only, no mathematics."""

from __future__ import annotations

import sys
import types
from collections import OrderedDict
from typing import Any

import numpy as np
import pytest

LAYERS = ("Affine", "Relu", "Sigmoid", "SoftmaxWithLoss", "Dropout", "BatchNormalization")


class BookClasses:
    """Makes classes in modules of the book's names; they are gone after the test."""

    def __init__(self, monkeypatch: pytest.MonkeyPatch) -> None:
        self._monkeypatch = monkeypatch
        self.layers = {name: self.make("common.layers", name) for name in LAYERS}

    def make(self, module_name: str, name: str = "TwoLayerNet") -> type:
        package = module_name.partition(".")[0]
        if package != module_name and package not in sys.modules:
            self._monkeypatch.setitem(sys.modules, package, types.ModuleType(package))
        module = sys.modules.get(module_name) or types.ModuleType(module_name)
        self._monkeypatch.setitem(sys.modules, module_name, module)
        cls = type(name, (), {"__module__": module_name})
        self._monkeypatch.setattr(module, name, cls, raising=False)
        return cls

    def layer(self, name: str, **attributes: Any) -> Any:
        made = self.layers[name]()
        vars(made).update(attributes)
        return made

    def trained(self, network: Any, params: dict[str, np.ndarray], activation: str, key: str) -> Any:
        """The network with the attributes that training by backpropagation leaves behind.

        key: the name of the layers of activation, "Relu" in chapter 5, "Activation_function" in chapter 6.
        """
        network.params = params
        network.layers = OrderedDict()
        depth = len(params) // 2
        x = np.linspace(0, 1, 5 * 784).reshape(5, 784)
        for i in range(1, depth + 1):
            W, b = params[f"W{i}"], params[f"b{i}"]
            affine = {"W": W, "b": b, "x": x, "original_x_shape": (5, 784), "dW": W * 0.1, "db": b * 0.1}
            network.layers[f"Affine{i}"] = self.layer("Affine", **affine)
            x = x @ W + b
            if i < depth:
                state = {"mask": x <= 0} if activation == "Relu" else {"out": x}
                network.layers[f"{key}{i}"] = self.layer(activation, **state)
        return network

    def two_layer_net(self, params: dict[str, np.ndarray], activation: str = "Relu") -> Any:
        """Chapter 5's."""
        network = self.trained(self.make("two_layer_net")(), params, activation, activation)
        network.lastLayer = self.layer("SoftmaxWithLoss", loss=np.float64(2.3), y=np.eye(5), t=np.arange(5))
        return network

    def multi_layer_net(
        self, params: dict[str, np.ndarray], activation: str, name: str = "MultiLayerNet"
    ) -> Any:
        """Chapter 6's."""
        module = {"MultiLayerNet": "common.multi_layer_net"}.get(name, "common.multi_layer_net_extend")
        network = self.make(module, name)()
        network.input_size, network.output_size = 784, 10
        network.hidden_size_list = [params[f"b{i}"].size for i in range(1, len(params) // 2)]
        network.hidden_layer_num = len(network.hidden_size_list)
        network.weight_decay_lambda = 0.1
        self.trained(network, params, activation, "Activation_function")
        network.last_layer = self.layer("SoftmaxWithLoss", loss=None, y=None, t=None)
        return network
