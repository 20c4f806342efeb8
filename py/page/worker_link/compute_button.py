"""A button that has the worker compute a picture, with a progress bar meanwhile."""

from pyscript import document, ffi
from ui.dom import adrift, by_id, enable, on_click
from ui.i18n import on_language
from worker_link import training_images, worker


class ComputeButton:
    """Its ids are name-go and name-bar; the worker's progress messages have this name as their kind.

    ask(): the arguments for the worker's function, or None if there is nothing to ask. show(answer): called
    with what it answers, unless a newer question has replaced this one. forget(): the worker that knew what
    is asked further about it has come to an end; name-result is hidden then.
    """

    def __init__(self, name, function, ask, show, forget):
        self._name, self._function, self._ask, self._show, self._busy = name, function, ask, show, False
        on_click(name + "-go", self._begin)
        worker.on(name, self._on_progress)
        self._forget = forget
        worker.on("gone", self._on_gone)
        on_language(self.controls)

    def controls(self):
        """Make the button usable when it can be used."""
        why = "" if self._busy else worker.why()
        enable(self._name + "-go", worker.ready() and not self._busy, why)
        by_id(self._name + "-bar").hidden = not self._busy

    def _on_progress(self, message):
        by_id(self._name + "-bar").value = message["part"]

    def _on_gone(self):
        by_id(self._name + "-result").hidden = True
        self._forget()

    def _begin(self):
        arguments = self._ask()
        if arguments is None:
            return None
        focused = document.activeElement.id
        self._busy = True
        self.controls()
        return self._run(arguments, focused)

    async def _run(self, arguments, focused):
        try:
            await training_images.load()
            answer = (await worker.call(self._function, **arguments))[0]
            if answer:
                self._show(answer)
        finally:
            self._busy = False
            self.controls()
            if adrift() and focused == self._name + "-go":
                by_id(focused).focus(ffi.to_js({"preventScroll": True}))
