"""Workers of the page in a test's hands: ended as a browser ends them, without a word, or made to fail."""

import json

# every worker that the page makes is held, so that a test can end it behind the page's back
HOLD = """
    const Real = Worker;
    self.heldWorkers = [];
    self.Worker = class extends Real {
        constructor(...options) { super(...options); heldWorkers.push(this); }
    };
"""


def hold(page) -> None:
    """To be called before the page opens."""
    page.add_init_script(HOLD)


def end(page) -> None:
    """End the newest worker, as the browser does when memory runs out."""
    page.evaluate("() => heldWorkers.at(-1).terminate()")


def end_when(page, condition: str) -> None:
    """End it as soon as this JavaScript function of the page answers true, or a promise of it."""
    page.evaluate(
        f"""async () => {{
            for (const begun = performance.now(); !await ({condition})(); ) {{
                if (performance.now() - begun > 60000) throw new Error("never true within a minute");
                await new Promise(requestAnimationFrame);
            }}
            heldWorkers.at(-1).terminate();
        }}"""
    )


def ask_and_forget(page, function: str, **arguments: object) -> None:
    """Call the worker without waiting for the answer."""
    page.evaluate(
        """([name, text]) => {
            document.querySelector('script[worker]').xworker.sync[name](text).catch(() => {});
        }""",
        [function, json.dumps(arguments)],
    )
