# ruff: noqa: PTH118, PTH120, PTH123, UP031, UP036
"""Write the recorded pickles of this folder with an older Python and NumPy (so: in the syntax of Python 2).

    python2.7 make_pickles.py python27_numpy116 0 1 2         (Python 2.7.18, NumPy 1.16.6)
    python3.11 make_pickles.py python311_numpy126 0 1 2 3 4 5 (Python 3.11.7, NumPy 1.26.4)

Every file holds the same network of one hidden unit, float32: all the arrays in a row (W1, b1, W2, b2) are
(k % 257 - 128) / 1024 for k = 0, 1, 2, ...
"""

import os
import pickle
import sys
import types

import numpy as np

label, protocols = sys.argv[1], [int(text) for text in sys.argv[2:]]


class TwoLayerNet:  # in Python 2 a class of the old style, which pickles in another way
    pass


TwoLayerNet.__module__ = "two_layer_net"
module = sys.modules["two_layer_net"] = types.ModuleType("two_layer_net")

network = TwoLayerNet()
network.params = {}
position = 0
for name, shape in (("W1", (784, 1)), ("b1", (1,)), ("W2", (1, 10)), ("b2", (10,))):
    count = int(np.prod(shape))
    k = np.arange(position, position + count)
    network.params[name] = ((k % 257 - 128) / 1024.0).astype(np.float32).reshape(shape)
    position += count


def write(kind, protocol, found):
    path = os.path.join(os.path.dirname(__file__), "%s_protocol%d_%s.pkl" % (label, protocol, kind))
    with open(path, "wb") as file:
        pickle.dump(found, file, protocol)


for protocol in protocols:
    write("dict", protocol, network.params)
    module.TwoLayerNet = TwoLayerNet
    write("instance", protocol, network)
    if sys.version_info[0] == 2:
        module.TwoLayerNet = type("TwoLayerNet", (object,), {"__module__": "two_layer_net"})
        of_new_style = module.TwoLayerNet()
        of_new_style.params = network.params
        write("new_style_instance", protocol, of_new_style)
