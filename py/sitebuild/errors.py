"""The one error the build shows to its user."""


class BuildError(Exception):
    """Something the user can act on: one sentence that says what happened and what to do."""
