// The list of people: who there is, whose chat is shown, and who has something unread.

import { avatar, make, spoken } from './dom.js';

const KEY = 'tryout.read';

export class People {
  /** `onChoose(person)` is called when someone is picked in the list. */
  constructor(list, onChoose) {
    this.list = list;
    this.onChoose = onChoose;
    this.all = [];
    this.rows = new Map();
    this.read = readMarks();
  }

  /** Take the people from the server; the objects stay the same, so that chats may hold on to them. */
  takeAll(fresh) {
    fresh.forEach((one, index) => {
      const known = this.byId(one.id);
      if (known) Object.assign(known, one);
      else this.add({ ...one, tint: index % 6 });
    });
    this.mark();
  }

  byId(id) {
    return this.all.find((person) => person.id === id);
  }

  add(person) {
    this.all.push(person);
    const badge = make('span', { class: 'badge', 'data-word': 'unread', hidden: true });
    const idle = make('small', { class: 'idle', 'data-word': 'not_opened' });
    const title = make('small', { lang: 'sv' }, person.title);
    const names = make('span', { class: 'names' }, make('strong', {}, person.name), title, idle);
    const choose = () => this.onChoose(person);
    const button = make('button', { type: 'button', onclick: choose }, avatar(person.name, person.tint), names, badge);
    this.rows.set(person.id, { button, badge, idle });
    this.list.append(spoken('li', {}, button));
  }

  isUnread(person) {
    return person.newest !== null && Number(person.newest) > Number(this.read[person.id] ?? 0);
  }

  /** What stands in a chat that is shown has been read. */
  setRead(person) {
    if (!this.isUnread(person)) return;
    this.read[person.id] = person.newest;
    try { localStorage.setItem(KEY, JSON.stringify(this.read)); } catch { /* private window: not remembered */ }
  }

  /** Show marks; `shownIds` are those whose chats are in view. */
  mark(shownIds = []) {
    for (const person of this.all) {
      const { button, badge, idle } = this.rows.get(person.id);
      button.setAttribute('aria-current', String(shownIds.includes(person.id)));
      button.classList.toggle('unread', this.isUnread(person));
      badge.hidden = !this.isUnread(person);
      idle.hidden = person.opened || this.isUnread(person);
    }
    return this.all.filter((person) => this.isUnread(person)).length;
  }
}

function readMarks() {
  try { return JSON.parse(localStorage.getItem(KEY)) ?? {}; } catch { return {}; }
}
