"""The base of the small classes in which the modules of the page hold their state."""


class State:
    """A field each, all of them made in __init__."""

    def set(self, **fields):
        """Change several fields at once, also in a lambda. AttributeError for one that was not made."""
        for name, value in fields.items():
            getattr(self, name)
            setattr(self, name, value)
