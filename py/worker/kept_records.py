"""Check the records of the browser's storage before they are used.

Another script of this origin, an extension or a worn disk may have changed any of them, and one bad
record must not keep Python from starting.
"""

import datetime
import math

from kobai.settings import Settings

ORIGINS = ("kept", "opened")


def is_usable(slot, about):
    """Whether `about`, the JSON beside a slot's bytes, has every part that the page reads, of its type."""
    kind = slot.split(":")[0] if ":" in slot else slot
    check = {"network": _network, "training": _training, "choices": _choices}.get(kind)
    if check is None:
        return isinstance(about, dict)
    try:
        return isinstance(about, dict) and bool(check(slot, about))
    except (KeyError, TypeError, ValueError, OverflowError, AttributeError):
        return False


def _network(slot, about):
    return (
        about["id"] == slot.removeprefix("network:")
        and about["origin"] in ORIGINS
        and _is_text_or_none(about["name"])
        and _is_moment(about["date"])
        and about["activation"] in ("sigmoid", "relu")
        and all(type(about[name]) is bool for name in ("says_activation", "normalize"))
        and len(about["layers"]) >= 2
        and all(_is_count(size) for size in about["layers"])
        and _is_count(about["parameters"])
        and (about["iterations"] is None or _is_count(about["iterations"]))
        and (about["accuracy"] is None or (_is_number(about["accuracy"]) and 0 <= about["accuracy"] <= 1))
        and _are_settings(about["settings"])
        and _is_history(about.get("history"))
    )


def _training(_slot, about):
    return (
        _is_text_or_none(about["owner"])
        and _is_moment(about["saved"])
        and (about["iteration"] is None or _is_count(about["iteration"]))
        and _are_settings(about["settings"])
    )


def _choices(_slot, about):
    return all(_is_text_or_none(about.get(name)) for name in ("current", "beside", "code")) and (
        about.get("settings") is None or isinstance(about["settings"], dict)
    )


def _are_settings(found):
    return found is None or bool(Settings(**found))


def _is_history(found):
    return found is None or (
        all(_is_count(each) for each in found["iterations"])
        and all(_is_number(each) for each in found["losses"])
        and len(found["iterations"]) == len(found["losses"])
        and all(len(each) == 3 and all(_is_number(part) for part in each) for each in found["accuracies"])
    )


def _is_text_or_none(found):
    return found is None or isinstance(found, str)


def _is_moment(found):
    """An ISO 8601 moment with its time zone."""
    return datetime.datetime.fromisoformat(found).tzinfo is not None


def _is_count(found):
    return type(found) is int and found >= 0


def _is_number(found):
    return type(found) in (int, float) and math.isfinite(found)
