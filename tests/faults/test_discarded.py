"""A tab that the browser discards while it trains, and loads again when it is looked at."""

import pytest
from support import reference
from support.browser.discarding import chromium, discard
from support.browser.kept_storage import expect_back, records, wait_until_kept
from support.browser.kobai_page import KobaiPage
from support.browser.watch import Watch

ITERATIONS = 3000
# not typed: Chromium spares a tab in which somebody has typed
FILL_IN = """iterations => {
    document.getElementById('iterations').value = iterations;
    document.getElementById('engine').value = 'numpy';
}"""


@pytest.mark.fault("the browser discards the tab in training")
def test_a_tab_that_is_discarded(playwright, browser_type_launch_args, site, tmp_path):
    program = browser_type_launch_args.get("executable_path") or playwright.chromium.executable_path
    with chromium(program, browser_type_launch_args["args"], tmp_path / "profile") as address:
        browser = playwright.chromium.connect_over_cdp(address)
        (context,) = browser.contexts
        kobai = KobaiPage(context.pages[0], site.address).open().wait_until_ready()
        kobai.page.evaluate(FILL_IN, str(ITERATIONS))
        kobai.button("Train").click()
        wait_until_kept(kobai.page, 1)
        tabs = context.new_page()
        tabs.goto("chrome://discards")
        target = context.new_cdp_session(tabs).send("Target.getTargetInfo")["targetInfo"]["targetId"]
        ((_, kept),) = records(kobai.page, "training:").items()
        browser.close()  # lets go of it

        discard(address, target, "Kobai")

        browser = playwright.chromium.connect_over_cdp(address)
        (context,) = browser.contexts
        watch = Watch(context, site.address.rstrip("/").removesuffix("/kobai"))
        (page,) = (page for page in context.pages if page.url.startswith(site.address))
        page.bring_to_front()
        assert page.evaluate("document.wasDiscarded")
        kobai = KobaiPage(page, site.address).wait_until_ready()
        stood = expect_back(kobai, kept["iteration"])
        assert stood < ITERATIONS
        kobai.go_on()
        kobai.wait_until_iteration(stood + 10)
        kobai.pause()
        losses = reference.trained(stood + 10).train_loss_list
        at = [1, stood, stood + 1, stood + 10]
        assert kobai.losses(at) == pytest.approx([losses[i - 1] for i in at], abs=1e-4)
        assert not watch.verdict()
        browser.close()
