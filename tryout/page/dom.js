// Helpers for building elements.

import { translate } from './words.js';

/** Create an element. `of`: attributes (class, data-word, …) and "on" event handlers only. */
export function make(tag, of = {}, ...children) {
  const element = document.createElement(tag);
  for (const [name, value] of Object.entries(of)) {
    if (name.startsWith('on')) element.addEventListener(name.slice(2), value);
    else if (value !== null && value !== false) element.setAttribute(name, value === true ? '' : value);
  }
  element.append(...children);
  return element;
}

/** Create an element and fill in the page's texts. */
export function spoken(tag, of = {}, ...children) {
  const element = make(tag, of, ...children);
  const shell = document.createDocumentFragment();
  shell.append(element);
  translate(shell);
  element.remove();
  return element;
}

/** A round picture with a person's initials or the bot's mark; decorative only. */
export function avatar(name, tint) {
  const initials = name.split(/\s+/).map((part) => part[0]).slice(0, 2).join('');
  const picture = tint === 'bot' ? icon('M5.5 12.5l4.5 4.5 8.5-10') : initials;
  return make('span', { class: `avatar tint-${tint}`, 'aria-hidden': 'true' }, picture);
}

const SVG = 'http://www.w3.org/2000/svg';

/** A line drawing from one path. */
export function icon(path) {
  const svg = document.createElementNS(SVG, 'svg');
  svg.setAttribute('viewBox', '0 0 24 24');
  svg.setAttribute('aria-hidden', 'true');
  svg.setAttribute('class', 'icon');
  const line = document.createElementNS(SVG, 'path');
  line.setAttribute('d', path);
  svg.append(line);
  return svg;
}
