// The list of people, showing whose chats are in view and who has unread messages.

import { avatar, make, spoken } from './dom.js';

const KEY = 'tryout.read';

export class People {
  /** `onChoose(person)` is called when someone is selected. */
  constructor(list, onChoose) {
    this.list = list;
    this.onChoose = onChoose;
    this.all = [];
    this.rows = new Map();
    this.read = readMarks();
  }

  /** Update the people from the server. The objects stay the same, because chats refer to them. */
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

  /** Mark the chats in view as read. */
  setRead(person) {
    if (!this.isUnread(person)) return;
    this.read[person.id] = person.newest;
    try { localStorage.setItem(KEY, JSON.stringify(this.read)); } catch { /* private window: not remembered */ }
  }

  /** Show markers; `shownIds`: people whose chats are in view. */
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
