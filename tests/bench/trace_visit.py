"""The Trace room of the real page: how soon a recording shows its first line, and how soon a step answers."""

from __future__ import annotations

from collections import defaultdict

from playwright.sync_api import Page

LONG = 600_000  # ms
WAYS = (  # function, what it is given, as the room's two choices have it
    ("predict", "chosen"),
    ("loss", "chosen"),
    ("gradient", "chosen"),
    ("step", "chosen"),
    ("numerical_gradient", "chosen"),
    ("gradient", "100"),
)
# Clicks, and waits until the values of another moment are on the page and a frame with them was drawn.
ANSWER = """
async (button) => {
  const values = document.getElementById("trace-now");
  const changed = new Promise((resolve) => {
    const observer = new MutationObserver(() => (observer.disconnect(), resolve()));
    observer.observe(values, { childList: true, subtree: true });
  });
  const start = performance.now();
  document.getElementById(button).click();
  await changed;
  await new Promise((resolve) => requestAnimationFrame(() => setTimeout(resolve)));
  return performance.now() - start;
}
"""


def trace(page: Page, address: str, rounds: int, steps: int) -> dict[str, list[float]]:
    """Seconds to the first line of each way, "first …", and of single steps, "step …"."""
    page.set_default_timeout(LONG)
    page.goto(f"{address}?lang=en")
    page.locator("#trace-run:enabled").wait_for()
    found: dict[str, list[float]] = defaultdict(list)
    for round_ in range(rounds + 1):
        for function, given in WAYS:
            page.locator("#trace-function").select_option(function)
            page.locator("#trace-with").select_option(given)
            name = f"{function}, {'100 images' if given == '100' else '1 image'}"
            first = page.evaluate(ANSWER, "trace-run") / 1000
            each = [page.evaluate(ANSWER, "trace-forward") / 1000 for _ in range(steps)]
            if round_:  # the first round also loads the images and compiles
                found[f"first {name}"].append(first)
                found[f"step {name}"] += each
    return found
