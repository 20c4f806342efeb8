"""The mathematics of chapter 4 of 『ゼロから作るDeep Learning』 (Saito, O'Reilly Japan 2016)."""

from .installed_engine import installed_engine
from .mnist import load_mnist
from .network import TwoLayerNet
from .settings import Settings
from .training import Trainer

__all__ = ["Settings", "Trainer", "TwoLayerNet", "installed_engine", "load_mnist"]
