"""Scroll to an element of which the page above may still grow."""

# in the window, and where it is for 20 frames: rooms above may still fill and move it
AT_REST = """async element => {
    const place = () => element.getBoundingClientRect().top;
    for (let same = 0, last = NaN; same < 20; ) {
        if (place() !== last) {
            element.scrollIntoView({block: 'center', behavior: 'instant'});
            same = 0;
        }
        last = place();
        await new Promise(requestAnimationFrame);
        same += 1;
    }
}"""
