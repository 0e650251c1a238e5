// The message that something failed, with a retry button.

import { spoken, make } from './dom.js';

/** Create the message; `names` fills in its text, `said` replaces it (with the bot's own text). */
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
