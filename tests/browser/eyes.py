"""What somebody sees who enlarges the page four times, chose its colours herself, or wants nothing to move."""

from playwright.async_api import Page, ViewportSize

from tests.conftest import NODE_MODULES

AXE = NODE_MODULES / "axe-core" / "axe.min.js"

SEEN = """() => {
    const focused = document.activeElement, ring = focused.closest('.writing') ?? focused;
    const { outlineStyle, outlineWidth } = getComputedStyle(ring);
    const { left, right, top, bottom, width, height } = focused.getBoundingClientRect();
    const faults = [];
    if (outlineStyle === 'none' || parseFloat(outlineWidth) < 2) faults.push('nothing shows that it has the focus');
    if (left < -1 || right > innerWidth + 1) faults.push('it is beside the screen');
    if (bottom < 1 || top > innerHeight - 1) faults.push('it is above or below the screen');
    if (width < 24 || height < 24) faults.push(`it is ${width} times ${height} pixels`);
    return faults.map(fault => `${fault}: ${focused.outerHTML.slice(0, 160)}`);
}"""
"""What is wrong with the element that has the focus, as somebody sees it."""

WIDE = """() => [...document.querySelectorAll('body *')].filter(one => {
    const { left, right, width } = one.getBoundingClientRect();
    const hidden = one.closest('.hidden-text, [hidden], .skip, .stack thead, .wide > *')
        || getComputedStyle(one).visibility === 'hidden';
    return width > 1 && !hidden && (right > innerWidth + 1 || left < -1);
}).map(one => one.outerHTML.slice(0, 120))"""
"""What stands outside the width of the screen, cut off or not: nothing may require scrolling sideways.

A table in a box of its own that scrolls (`.wide`) may: WCAG 1.4.10 excepts what needs two dimensions.
"""

_OTHERS_COLOURS = """() => {
    const probe = document.createElement('i');
    document.body.append(probe);
    const hers = ['none', ...['Canvas', 'CanvasText', 'LinkText', 'ButtonFace', 'ButtonText', 'Highlight'].map(name => {
        probe.style.cssText = `forced-color-adjust: none; color: ${name}`;
        return getComputedStyle(probe).color;
    })];
    probe.remove();
    return [...document.querySelectorAll('svg :is(path, polyline, circle, rect, text)')].flatMap(one => {
        const { fill, stroke } = getComputedStyle(one);
        const ours = [fill, stroke].filter(colour => !hers.includes(colour));
        const unseen = [fill, stroke].every(colour => ['none', hers[1]].includes(colour));
        return ours.length || unseen ? [`${fill}, ${stroke}: ${one.outerHTML.slice(0, 120)}`] : [];
    });
}"""
"""What is drawn in a colour she did not choose, or only in the background's. The browser sees to boxes and text."""

_MOVES = """() => [...document.querySelectorAll('*')].filter(one => {
    const { animationName, transitionDuration, scrollBehavior } = getComputedStyle(one);
    return animationName !== 'none' || parseFloat(transitionDuration) > 0 || scrollBehavior === 'smooth';
}).map(one => one.outerHTML.slice(0, 120))"""

ENLARGED = ViewportSize(width=320, height=256)
"""A screen of 1280 times 1024 pixels, enlarged to 400 %."""


async def faults_to_others(page: Page) -> list[str]:
    """Return what is wrong at 400 %, in forced colours, with nothing that may move; leave the page as it was."""
    before = page.viewport_size
    await page.set_viewport_size(ENLARGED)
    await page.emulate_media(forced_colors="active", reduced_motion="reduce")
    found: list[str] = [one for looks in (WIDE, _OTHERS_COLOURS, _MOVES) for one in await page.evaluate(looks)]
    await page.emulate_media(forced_colors="none", reduced_motion="no-preference")
    if before is not None:
        await page.set_viewport_size(before)
    return found


async def axe_faults(page: Page, rule: str = "") -> list[str]:
    """Return what axe finds on the page, also where its content security policy blocks scripts.

    rule: the only one to try, empty for all. What holds is not described: that takes a third of axe's time.
    """
    options = {"resultTypes": ["violations"], **({"runOnly": [rule]} if rule else {})}
    # The debugger can run a script that the page's policy blocks.
    if not await page.evaluate("'axe' in window"):
        await page.evaluate(AXE.read_text(encoding="utf-8"))
    found = await page.evaluate("options => axe.run(document, options)", options)
    assert found["passes"] or found["violations"] or found["incomplete"], "axe tried nothing"
    return [f"{one['id']}: {node['html'][:200]}" for one in found["violations"] for node in one["nodes"]]
