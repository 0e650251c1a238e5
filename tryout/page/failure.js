// The line that says that something did not go through, with the button that tries the same again.

import { spoken, make } from './dom.js';

/** Make the line; `names` fills in the sentence, `said` replaces it (words of the bot's own). */
export function failure(key, retry, { names = {}, said } = {}) {
  const data = Object.fromEntries(Object.entries(names).map(([name, value]) => [`data-${name}`, value]));
  const sentence = said ? make('span', {}, said) : make('span', { 'data-word': key, ...data });
  const again = make('button', { type: 'button', class: 'retry', 'data-word': 'retry' });
  const line = spoken('div', { class: 'failure', role: 'alert' }, sentence, again);
  again.addEventListener('click', () => {
    line.remove();
    retry();
  });
  return line;
}
