// The message box: Enter sends, Shift+Enter inserts a line break, and no text is lost on failure.

import { newAct } from './acts.js';
import { icon, make, spoken } from './dom.js';
import { failure } from './failure.js';
import { whenSpoken, word } from './words.js';

export class Composer {
  /** `deliver(act)` resolves to whether the bot accepted it. */
  constructor(person, deliver) {
    this.person = person;
    this.deliver = deliver;
    this.failed = new Map();
    this.chips = make('div', { class: 'chips', role: 'group', 'data-label': 'suggestions' });
    this.trouble = make('div', { class: 'trouble' });
    this.box = make('textarea', {
      rows: '1', maxlength: '20000', 'data-placeholder': 'composer', 'data-label': 'composer',
      oninput: () => this.keep(), onkeydown: (event) => this.key(event),
    });
    this.box.value = readDraft(person.id);
    const plane = icon('M4 12 20 4.5 15.5 20l-4-6.5zM11.5 13.5 20 4.5');
    const send = { type: 'button', class: 'send', 'data-label': 'send', onclick: () => this.submit() };
    const writing = make('div', { class: 'writing' }, this.box, make('button', send, plane));
    this.element = spoken('div', { class: 'composer' }, this.trouble, this.chips, writing);
    whenSpoken(() => this.suggest());
  }

  suggest() {
    const chip = (text) => make('button', { type: 'button', class: 'chip', onclick: () => this.say(text) }, text);
    const of = word('chips');
    const lines = this.person.roles.flatMap((role) => of[role] ?? []);
    this.chips.replaceChildren(...[...new Set(lines.length ? lines : of.anyone)].map(chip));
  }

  key(event) {
    if (event.key !== 'Enter' || event.shiftKey || event.isComposing) return;
    event.preventDefault();
    this.submit();
  }

  submit() {
    const text = this.box.value.trim();
    if (!text) return;
    const again = [...this.failed.keys()].find((act) => act.text === text);
    this.try(again ?? newAct(this.person.id, 'text', { text }));
  }

  /** Send a text that is not in the box. */
  say(text) {
    this.try(newAct(this.person.id, 'text', { text }));
  }

  /** Send; on failure the text returns to the box, or is shown beside it if another text has been begun. */
  async try(act) {
    this.failed.get(act)?.remove();
    this.failed.delete(act);
    if (this.box.value.trim() === act.text) this.write('');
    if (await this.deliver(act)) return;
    if (!this.box.value) this.write(act.text);
    const key = this.box.value.trim() === act.text ? 'failed_text' : 'failed_text_aside';
    const line = failure(key, () => { this.box.focus(); this.try(act); }, { names: { text: act.text } });
    this.failed.set(act, line);
    this.trouble.append(line);
  }

  write(text) {
    this.box.value = text;
    this.keep();
  }

  keep() {
    try { sessionStorage.setItem(`tryout.draft.${this.person.id}`, this.box.value); } catch { /* private window */ }
  }
}

function readDraft(id) {
  try { return sessionStorage.getItem(`tryout.draft.${id}`) ?? ''; } catch { return ''; }
}
