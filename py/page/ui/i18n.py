"""The words of the page in the learner's language; the catalogues are static/locale/*.po."""

from pyscript import document, ffi, window

_listeners = []


def _(message, **values):
    """The message in the page's language, its {fields} filled in."""
    text = window.kobai._(message)
    return text.format(**values) if values else text


def N_(message):
    """Mark a message that is looked up later, for the catalogue."""
    return message


def language():
    """The code of the language of the page, such as ja."""
    return window.kobai.language


def on_language(listener):
    """Call listener now and after every change of language."""
    _listeners.append(listener)
    listener()


def say_again(*_records):
    """All texts anew: the language is another, or what they say of Python."""
    for listener in _listeners:
        listener()


window.MutationObserver.new(ffi.create_proxy(say_again)).observe(
    document.documentElement, ffi.to_js({"attributes": True, "attributeFilter": ["lang"]})
)


def number(value):
    """10000 as 10,000 (the same in both languages)."""
    return f"{value:,}"


def images_of(count):
    """1 image, 2 images."""
    return _("1 image") if count == 1 else _("{count} images", count=number(count))


def percent(part, digits=2):
    """A share of 1 as a percentage."""
    return f"{part * 100:.{digits}f} %"


def date(text):
    """A moment (as Python writes it in ISO 8601) as the learner's language has it."""
    options = ffi.to_js({"dateStyle": "medium", "timeStyle": "short"})
    return window.Date.new(text).toLocaleString(language(), options)


def duration(seconds):
    """Seconds as a few words."""
    seconds = int(seconds + 0.5)
    if seconds < 60:
        return _("{seconds} s", seconds=seconds)
    if seconds < 3600:
        return _("{minutes} min {seconds} s", minutes=seconds // 60, seconds=seconds % 60)
    return _("{hours} h {minutes} min", hours=seconds // 3600, minutes=seconds % 3600 // 60)
