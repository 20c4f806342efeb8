"""The mathematics of chapter 4 of 『ゼロから作るDeep Learning』 (Saito, O'Reilly Japan 2016)."""

from .book.mnist import load_mnist
from .book.two_layer_net import TwoLayerNet
from .settings import Settings
from .training.installed_engine import installed_engine
from .training.trainer import Trainer

__all__ = ["Settings", "Trainer", "TwoLayerNet", "installed_engine", "load_mnist"]
