"""What a reader sees of the page, measured: contrast, what is cut off, too small, or in another language."""

from __future__ import annotations

from playwright.sync_api import Locator, Page

CONTRAST = """element => {
    const canvas = document.createElement('canvas');
    canvas.width = canvas.height = 1;
    const context = canvas.getContext('2d', { willReadFrequently: true });
    const rgba = colour => {
        context.clearRect(0, 0, 1, 1);
        context.fillStyle = colour;
        context.fillRect(0, 0, 1, 1);
        return [...context.getImageData(0, 0, 1, 1).data];
    };
    const light = colour => {
        const [r, g, b] = rgba(colour).slice(0, 3).map(v => v / 255)
            .map(v => (v <= 0.04045 ? v / 12.92 : ((v + 0.055) / 1.055) ** 2.4));
        return 0.2126 * r + 0.7152 * g + 0.0722 * b;
    };
    let behind = element;
    while (behind && rgba(getComputedStyle(behind).backgroundColor)[3] < 255)
        behind = behind.parentElement;
    const scheme = matchMedia('(prefers-color-scheme: dark)').matches ? 'black' : 'white';
    const ground = light(behind ? getComputedStyle(behind).backgroundColor : scheme);
    const ink = light(getComputedStyle(element).color);
    return (Math.max(ink, ground) + 0.05) / (Math.min(ink, ground) + 0.05);
}"""

# of the text a reader sees, only names, code, numbers and the language switch are in Latin letters
ENGLISH = """() => {
    const walker = document.createTreeWalker(document.body, NodeFilter.SHOW_TEXT);
    const found = [];
    while (walker.nextNode()) {
        const node = walker.currentNode, parent = node.parentElement;
        if (parent.closest('pre, script, style, noscript, #loading-log, [lang=en]')) continue;
        if (/[a-z]+ (of|the|and|is|to|a|in|not|with) [a-z]+/i.test(node.data))
            found.push(node.data.trim());
    }
    return found;
}"""

# looked at in each frame until there is none, for at most 3 s: pictures are drawn anew in a window resized
OUTSIDE = """async width => {
    const look = () => [
        ...document.querySelectorAll('button, input, select, a, h1, h2, h3, td, canvas, img')]
        .filter(element => element.checkVisibility() && element.getClientRects().length)
        .filter(element => !element.closest('.unheard, .skip, pre, nav, .idea-table'))
        .filter(element => {
            const box = element.getBoundingClientRect();
            return box.left < -1 || box.right > width + 1;
        }).map(element => element.outerHTML.slice(0, 100));
    const scroll = () => {
        const found = document.documentElement.scrollWidth;
        return found > width ? [`the page, ${found} px`] : [];
    };
    const end = performance.now() + 3000;
    for (;;) {
        await new Promise(requestAnimationFrame);
        const found = [...scroll(), ...look()];
        if (innerWidth === width && !found.length || performance.now() > end)
            return innerWidth === width ? found : [`a window of ${innerWidth} px`];
    }
}"""

SMALL = """() => [...document.querySelectorAll('button, select, input:not(.unheard), summary, img[tabindex]')]
    .filter(element => element.checkVisibility() && element.getClientRects().length)
    .filter(element => {
        const box = element.getBoundingClientRect();
        return box.width < 24 || box.height < 24;
    }).map(element => element.outerHTML.slice(0, 100))"""


def contrast_of(element: Locator) -> float:
    """WCAG's contrast ratio of an element's text to the first opaque background behind it."""
    return float(element.evaluate(CONTRAST))


def in_english(page: Page) -> list[str]:
    """Texts of the page that are English sentences."""
    return list(page.evaluate(ENGLISH))


def outside(page: Page, width: int) -> list[str]:
    """What is beyond the left or right edge of a window of this width, or makes it scroll sideways."""
    return list(page.evaluate(OUTSIDE, width))


def too_small(page: Page) -> list[str]:
    """The targets that are smaller than 24 by 24 px (WCAG 2.2, 2.5.8)."""
    return list(page.evaluate(SMALL))
