"""Without a network in Firefox: the copy of the first visit starts, and a training goes on from it."""

import pytest

START = WORK = 180  # s: ten times what two idle cores take
ENABLED = "s => { const e = document.querySelector(s); return !!e && !e.disabled && !e.hidden; }"
SHOWS = "(s, pattern) => new RegExp(pattern).test(document.querySelector(s)?.textContent ?? '')"


@pytest.mark.long
def test_with_the_server_switched_off_it_trains_and_comes_back(tab, site):
    tab.go(site.address + "?lang=en")
    tab.wait(ENABLED, "#measure", seconds=START)
    tab.wait(SHOWS, "#offline-core-kept", "^kept$", seconds=WORK)
    tab.run("() => document.querySelector('#offline-keep').click()")
    tab.wait(SHOWS, "#offline-said", "everything it can do", seconds=WORK)
    site.switch_off()
    try:
        tab.go(site.address + "index.html?lang=en")
        tab.wait(ENABLED, "#measure", seconds=START)
        tab.wait("() => !!document.querySelector('#step:enabled, #reset:enabled')", seconds=WORK)
        if tab.run(ENABLED, "#reset"):  # the tests before have trained to the end
            tab.run("() => document.querySelector('#reset').click()")
            tab.wait(ENABLED, "#train", seconds=WORK)
        tab.run("() => document.querySelector('#step').click()")
        tab.wait(SHOWS, "#now-iteration", "^1 /", seconds=WORK)
    finally:
        site.switch_on()
