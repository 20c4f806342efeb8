"""Bring a ready page back to how a first visit finds it, by one call into the page, and compare afterwards.

Only what differs is touched, by the page's own controls and with the events that a learner's hand causes:
nothing is computed or kept anew where the test before left things as they were.
"""

from __future__ import annotations

from playwright.sync_api import Page

FIELDS = {
    "hidden_size": "50", "batch_size": "100", "learning_rate": "0.1", "weight_init_std": "0.01",
    "iterations": "10000", "seed": "0", "train_size": "60000",
    "normalize": "true", "gradient": "backpropagation", "engine": "fast",
}  # fmt: skip

# what differs is set and waited for; returns each thing that is then still not as at the start
BACK = """async ([fields, limit]) => {
    const part = (id) => document.getElementById(id);
    const end = Date.now() + limit;
    const until = async (is) => {
        while (!is() && Date.now() < end) await new Promise(requestAnimationFrame);
    };
    const put = (id, value) => {
        part(id).value = value;
        for (const kind of ['input', 'change']) part(id).dispatchEvent(new Event(kind, { bubbles: true }));
    };
    const isRefused = (id) => part(id).getAttribute('aria-invalid') === 'true';
    const refused = () => Object.keys(fields).filter(isRefused);
    const differing = () => Object.keys(fields).filter((id) => part(id).value !== fields[id]);
    const usable = (id) => part(id).checkVisibility() && !part(id).disabled;
    const answered = () => part('answered-by').textContent;
    const said = () => 'Answered by: ' + part('network').selectedOptions[0].textContent;
    const thumbs = () => [...document.querySelectorAll('#thumbs img')];
    const shown = () => thumbs().map((image) => parseInt(image.alt.slice('Test image '.length)));
    const marked = () => document.querySelector('#thumbs [aria-current]')?.getAttribute('data-index');
    const images = {
        'not all images': () => part('filter-answer').value === 'all',
        'not every digit': () => part('filter-digit').value === '',
        'not ten images': () => part('filter-count').value === '10',
        'text in Go to image': () => part('filter-index').value === '',
        'other images': () => shown().join() === '0,1,2,3,4,5,6,7,8,9',
        'other place': () => part('page-where').textContent === '1–10 of 10,000',
        'another image marked': () => marked() === '0',
        'another image chosen': () => part('portrait-caption').textContent.startsWith('Test image 0, label'),
    };
    const wrong = (conditions) => Object.keys(conditions).filter((name) => !conditions[name]());

    if (!part('problem').hidden) part('problem-close').click();
    if (!part('reset').disabled) part('reset').click();
    await until(() => usable('train'));
    for (const id of differing()) put(id, fields[id]);
    if (part('network').value !== 'shipped') put('network', 'shipped');
    const isShipped = () => part('network').value === 'shipped' && answered() === said();
    await until(isShipped);
    if (wrong(images).length) {
        part('filter-count').value = '10';
        put('filter-index', '0');  // takes the filters away, too
        await until(() => !wrong(images).length);
    }
    for (const fold of ['settings-fold', 'filters-fold']) part(fold).open = false;
    return wrong({
        'a problem is told': () => part('problem').hidden,
        'a run exists': () => part('reset').disabled && part('now-iteration').textContent === '0',
        'Train cannot be pressed': () => usable('train'),
        'another network': isShipped,
        ...images,
    }).concat(differing(), refused());
}"""


def bring_back(page: Page, limit: int) -> None:
    """limit: ms that it may take at most."""
    left = page.evaluate(BACK, [FIELDS, limit])
    assert left == [], f"the page could not be brought back to its start: {', '.join(left)}"
