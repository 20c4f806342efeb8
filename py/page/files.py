"""Files that the learner chooses or drops: reading one, and what to do when it cannot be read."""

from problems import Problem
from words import _


def chosen(picker):
    """The chosen file, or None. The picker is emptied, so that the same file can be chosen again."""
    file = picker.files.item(0)
    picker.value = ""
    return file


def is_folder(transfer):
    """Whether what was dropped first is a folder: the browser hands it over as a file that cannot be read."""
    for i in range(transfer.items.length):
        if transfer.items[i].kind == "file":
            entry = transfer.items[i].webkitGetAsEntry()
            return bool(entry) and entry.isDirectory
    return False


async def read(file, name):
    """All bytes. Raises Problem with the name when it cannot be read any more."""
    why = None
    try:
        return await file.arrayBuffer()
    except Exception as error:  # raised below: MicroPython complains of exceptions within another
        why = " ".join(str(a) for a in error.args)
    raise Problem(
        _(
            "{name} could not be read: it was moved, deleted or changed, or is locked. Choose it again.",
            name=name,
        ),
        why,
    )
