"""Expected failures, as sentences a learner understands.

The sentence is a gettext message: the page looks up its translation by `template` and fills in `values`.
"""

from __future__ import annotations


class KobaiError(ValueError):
    """An expected failure.

    template: English sentence with `{name}` fields; it is also the message id of the translation.
    values: what fills the fields, plain `str`, `int` or `float`.
    """

    def __init__(self, template: str, **values: str | int | float) -> None:
        """Fill in the sentence: the exception's own text is the English one."""
        super().__init__(template.format(**values))
        self.template = template
        self.values = values


class DatasetError(KobaiError):
    """The bytes are not the MNIST file they should be."""


class NetworkFileError(KobaiError):
    """The file is not a network that can be used here; nothing in it was run."""


class SettingsError(KobaiError):
    """A training setting is out of range; `field` names it."""

    def __init__(self, field: str, template: str, **values: str | int | float) -> None:
        """Keep the name of the setting beside the sentence."""
        super().__init__(template, **values)
        self.field = field


class TrainingDivergedError(KobaiError):
    """The loss or a parameter is no longer a finite number."""
