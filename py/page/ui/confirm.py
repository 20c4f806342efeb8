"""A question before something is gone for good."""

import asyncio

from pyscript import ffi
from ui.dom import by_id


async def ask(question, yes):
    """Whether the learner pressed the button named `yes`, and not Cancel or Escape."""
    dialog = by_id("confirm")
    by_id("confirm-question").textContent = question
    by_id("confirm-yes").textContent = yes
    answer = {}
    by_id("confirm-yes").onclick = ffi.create_proxy(lambda event: dialog.close("yes"))
    by_id("confirm-no").onclick = ffi.create_proxy(lambda event: dialog.close("no"))
    dialog.onclose = ffi.create_proxy(lambda event: answer.update({"is": dialog.returnValue}))
    dialog.returnValue = "no"
    dialog.showModal()
    by_id("confirm-no").focus()
    while not answer:
        await asyncio.sleep(0.02)
    return answer["is"] == "yes"
