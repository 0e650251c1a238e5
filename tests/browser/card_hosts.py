"""Microsoft's renderer as a client, with host configurations like those of Teams: light, dark and high contrast.

The colours, sizes and spacings follow what Teams shows. Buttons do not wrap: a row that is too wide cuts its titles.
"""

import json
from typing import Any, Literal

from playwright.async_api import Page

from tests.conftest import NODE_MODULES

Theme = Literal["light", "dark", "contrast"]
THEMES: tuple[Theme, ...] = ("light", "dark", "contrast")
WIDTHS = (320, 446, 720)

_COLOURS: dict[Theme, dict[str, str]] = {
    "light": {
        **{"ground": "#f5f5f5", "card": "#ffffff", "ink": "#242424", "soft": "#616161", "line": "#8a8886"},
        **{"accent": "#5b5fc7", "on_accent": "#ffffff", "accent_ink": "#4f52b2", "emphasis": "#f0f0f0"},
        **{"good": "#e7f2da", "good_ink": "#1f6b41", "warning": "#fbf1dc", "warning_ink": "#835c00"},
        **{"attention": "#fcf1f1", "attention_ink": "#b52a45"},
    },
    "dark": {
        **{"ground": "#1f1f1f", "card": "#292929", "ink": "#ffffff", "soft": "#b4b4b4", "line": "#8a8886"},
        **{"accent": "#7f85f5", "on_accent": "#141414", "accent_ink": "#a6aaf8", "emphasis": "#3b3a39"},
        **{"good": "#0d2e0d", "good_ink": "#92c353", "warning": "#40311a", "warning_ink": "#f8d22a"},
        **{"attention": "#3e1f25", "attention_ink": "#ff8a9d"},
    },
    "contrast": {
        **{"ground": "#000000", "card": "#000000", "ink": "#ffffff", "soft": "#ffffff", "line": "#ffffff"},
        **{"accent": "#1aebff", "on_accent": "#000000", "accent_ink": "#1aebff", "emphasis": "#000000"},
        **{"good": "#000000", "good_ink": "#3ff23f", "warning": "#000000", "warning_ink": "#ffff01"},
        **{"attention": "#000000", "attention_ink": "#ffff01"},
    },
}
_PAGE = """<!doctype html><html lang="LANG"><head><meta charset="utf-8"><title>Kort</title><style>
* { box-sizing: border-box; }
html { scrollbar-width: none; }
body { margin: 0; background: GROUND; color: INK; font: 14px/20px "Segoe UI", system-ui, "DejaVu Sans", sans-serif; }
main { display: flex; flex-wrap: wrap; align-items: flex-start; gap: 14px; }
h1 { position: absolute; clip-path: inset(50%); margin: 0; }
.drawn { border: 1px solid LINE; border-radius: 6px; background: CARD; overflow: clip; }
.ac-container[style*="background"], .ac-columnSet[style*="background"] { outline: 1px solid LINE; }
/* Regular: DejaVu Sans is as wide as the semibold Segoe UI of Teams. */
.ac-pushButton { min-height: 32px; padding: 5px 14px; border: 1px solid LINE; border-radius: 4px; background: CARD;
  color: INK; font: inherit; }
.ac-pushButton.style-positive { border-color: ACCENT; background: ACCENT; color: ON_ACCENT; }
.ac-input { width: 100%; padding: 5px 9px; border: 1px solid LINE; border-radius: 4px; background: CARD; color: INK;
  font: inherit; }
input[type=radio], input[type=checkbox] { width: auto; min-width: 24px; min-height: 24px; }
.ac-input::placeholder { color: SOFT; opacity: 1; }
.bar { height: 4px; border-radius: 2px; background: linear-gradient(ACCENT, ACCENT) no-repeat LINE; }
</style></head><body><main><h1>Kort</h1><div id="here" class="drawn"></div></main></body></html>"""
_HOST = r"""colours => {
    const ink = name => ({ default: colours[name], subtle: name === 'ink' ? colours.soft : colours[name] });
    const foregroundColors = { default: ink('ink'), dark: ink('ink'), light: ink('ink'), accent: ink('accent_ink'),
        good: ink('good_ink'), warning: ink('warning_ink'), attention: ink('attention_ink') };
    const style = name => ({ backgroundColor: colours[name], foregroundColors });
    window.host = new AdaptiveCards.HostConfig({
        supportsInteractivity: true, fontFamily: 'inherit',
        fontSizes: { small: 12, default: 14, medium: 14, large: 18, extraLarge: 24 },
        lineHeights: { small: 16, default: 20, medium: 20, large: 24, extraLarge: 32 },
        fontWeights: { lighter: 400, default: 400, bolder: 600 },
        spacing: { small: 8, default: 12, medium: 16, large: 20, extraLarge: 24, padding: 16 },
        separator: { lineThickness: 1, lineColor: colours.line },
        containerStyles: { default: style('card'), emphasis: style('emphasis'), accent: style('emphasis'),
            good: style('good'), warning: style('warning'), attention: style('attention') },
        actions: { maxActions: 6, spacing: 'default', buttonSpacing: 8, actionsOrientation: 'horizontal',
            actionAlignment: 'left', showCard: { actionMode: 'inline' } },
        inputs: { label: { inputSpacing: 'small', optionalInputs: { weight: 'bolder' },
            requiredInputs: { weight: 'bolder' } } },
        textBlock: { headingLevel: 2 }, table: { cellSpacing: 8 },
        textStyles: { heading: { weight: 'bolder', size: 'default' }, columnHeader: { weight: 'bolder' } },
    });
    AdaptiveCards.AdaptiveCard.onProcessMarkdown = (text, result) => {
        const escaped = text.replace(/[&<>]/g, sign => `&#${sign.charCodeAt(0)};`);
        result.outputHtml = escaped.replace(/\*\*(.+?)\*\*/g, '<b>$1</b>').replace(/\n/g, '<br>');
        result.didProcess = true;
    };
    window.draw = (payload, here) => {
        const card = new AdaptiveCards.AdaptiveCard();
        card.hostConfig = window.host;
        const context = new AdaptiveCards.SerializationContext();
        card.parse(payload, context);
        here.replaceChildren(card.render());
        return { card, context };
    };
}"""
_DRAW = """payload => {
    const here = document.getElementById('here');
    const { card, context } = window.draw(payload, here);
    const lines = element => {
        const size = parseFloat(getComputedStyle(element).lineHeight);
        return Math.round(element.getBoundingClientRect().height / size);
    };
    const first = here.querySelector('.ac-pushButton');
    const top = first ? first.getBoundingClientRect().top : 0;
    const above = [...here.querySelectorAll('.ac-textBlock')]
        .filter(block => block.getBoundingClientRect().bottom <= top);
    const rows = [];
    for (const block of above) {
        const { top, bottom } = block.getBoundingClientRect();
        const beside = rows.find(row => top < row.bottom - 2 && bottom > row.top + 2);
        if (!beside) rows.push({ top, bottom, lines: lines(block) });
        else if (lines(block) > beside.lines) Object.assign(beside, { lines: lines(block), bottom });
    }
    const texts = [...here.querySelectorAll('.ac-pushButton, .ac-pushButton *, .ac-textBlock, .ac-richTextBlock')];
    return {
        faults: [...Array(context.eventCount).keys()].map(n => context.getEventAt(n).message),
        inputs: card.getAllInputs().length,
        labels: here.querySelectorAll('label, .ac-input-label, [id$="-label"]').length,
        text: here.textContent,
        headings: here.querySelectorAll('[role=heading]').length,
        overflow: document.documentElement.scrollWidth - document.documentElement.clientWidth,
        cut: texts.filter(one => one.scrollWidth > one.clientWidth + 1 && getComputedStyle(one).display !== 'inline')
            .map(one => one.textContent),
        outside: [...here.querySelectorAll('.ac-pushButton')]
            .filter(one => one.getBoundingClientRect().right > here.getBoundingClientRect().right)
            .map(one => one.textContent),
        lines: rows.reduce((sum, row) => sum + row.lines, 0),
        sizes: [...here.querySelectorAll('.ac-textBlock')].map(one => parseFloat(getComputedStyle(one).fontSize)),
        asked: [...here.querySelectorAll('[role=heading]')].map(one => parseFloat(getComputedStyle(one).fontSize)),
    };
}"""


async def open_host(page: Page, theme: Theme, width: int, language: str = "sv") -> None:
    """Make the page a client that shows one card at a time."""
    colours = _COLOURS[theme]
    html = _PAGE.replace("LANG", language)
    for name in sorted(colours, key=len, reverse=True):
        html = html.replace(name.upper(), colours[name])
    await page.set_viewport_size({"width": width, "height": 800})
    await page.set_content(html.replace('class="drawn"', f'class="drawn" style="width:{width}px"'))
    await page.add_script_tag(path=NODE_MODULES / "adaptivecards" / "dist" / "adaptivecards.min.js")
    await page.evaluate(_HOST, colours)


async def draw(page: Page, card: dict[str, Any]) -> dict[str, Any]:
    """Draw a card and return what can be seen of it."""
    seen: dict[str, Any] = await page.evaluate(_DRAW, card)
    return seen


async def draw_sheet(page: Page, cards: list[dict[str, Any]], width: int) -> None:
    """Draw many cards beside each other, for a picture."""
    await page.evaluate(
        """([cards, width]) => {
            document.getElementById('here')?.remove();
            const main = document.querySelector('main');
            for (const one of cards) {
                const here = document.createElement('div');
                here.className = 'drawn';
                here.style.width = `${width}px`;
                main.append(here);
                window.draw(one, here);
            }
        }""",
        [json.loads(json.dumps(cards)), width],
    )
