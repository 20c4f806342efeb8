"""Files that the learner chooses or drops: reading one, and what to do when it cannot be read."""

from ui.i18n import _, number
from ui.problems import Problem


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


async def read(file, name, most, too_large):
    """All bytes, an ArrayBuffer.

    most: bytes. Raises Problem with the name where there are more, with the message id `too_large`, which may
    hold {name}, {size} and {most} in MB, and before anything is read; and where it cannot be read any more.
    """
    if file.size > most:
        megabytes = number(int(file.size / 1e6))
        raise Problem(_(too_large, name=name, size=megabytes, most=number(most // 1024 // 1024)))
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
