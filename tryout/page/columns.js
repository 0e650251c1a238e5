// Which chats are in view: one to three side by side, or on a narrow screen either the people or one chat.

import { avatar, icon, make, spoken } from './dom.js';

const LIST_WIDTH = 290;
const COLUMN_WIDTH = 360;
const PICTURES = ['M4 5h16v14H4z', 'M4 5h16v14H4zM12 5v14', 'M4 5h16v14H4zM9.3 5v14M14.7 5v14'];
const narrow = matchMedia('(max-width: 719px)');

export class Columns {
  /** `chatOf(person)` finds or creates a chat; `onShown()` is called when other chats come into view. */
  constructor(main, choice, { people, chatOf, onShown }) {
    Object.assign(this, { main, choice, people, chatOf, onShown, active: 0, mounted: [], begun: false });
    this.wanted = remembered('tryout.columns', []);
    this.buttons = PICTURES.map((picture, index) => countButton(picture, index + 1, () => this.setCount(index + 1)));
    choice.append(...this.buttons);
    addEventListener('resize', () => this.layout());
    narrow.addEventListener('change', () => this.layout());
  }

  /** Initial layout, once the people are known. */
  begin() {
    this.wanted = this.wanted.filter((id) => this.people.byId(id));
    if (!this.wanted.length) this.wanted = this.people.all.slice(0, 2).map(({ id }) => id);
    this.at = remembered('tryout.at', 'list');
    this.begun = true;
    this.layout();
  }

  get room() {
    return narrow.matches ? 1 : Math.max(1, Math.min(PICTURES.length, Math.floor((innerWidth - LIST_WIDTH) / COLUMN_WIDTH)));
  }

  get shownIds() {
    return this.mounted.map(({ person }) => person.id);
  }

  setCount(count) {
    const others = this.people.all.map(({ id }) => id).filter((id) => !this.wanted.includes(id));
    this.wanted = [...this.wanted, ...others].slice(0, count);
    this.layout();
  }

  /** Show a person's chat: where it already is, else in the column used last. */
  choose(person, index = Math.min(this.active, this.room - 1, this.wanted.length - 1)) {
    const already = this.wanted.indexOf(person.id);
    if (already >= 0 && already < this.room) this.swap(already, narrow.matches ? 0 : already);
    else if (already >= 0) this.swap(already, index);
    else this.wanted[index] = person.id;
    this.at = 'chat';
    this.layout();
    const shown = this.mounted.find((column) => column.person === person);
    (narrow.matches ? shown?.chat.log : shown?.chat.composer.box)?.focus();
  }

  swap(one, other) {
    [this.wanted[one], this.wanted[other]] = [this.wanted[other], this.wanted[one]];
  }

  /** Show the selected chats, as many as there is room for. */
  layout() {
    const showsList = narrow.matches && this.at === 'list';
    document.body.dataset.at = narrow.matches ? this.at : 'both';
    const ids = showsList ? [] : this.wanted.slice(0, this.room);
    this.main.style.setProperty('--columns', String(Math.max(1, ids.length)));
    if (ids.join() !== this.shownIds.join()) this.mount(ids);
    this.buttons.forEach((button, index) => {
      button.setAttribute('aria-pressed', String(index + 1 === ids.length));
      button.hidden = index + 1 > this.room;
    });
    this.choice.hidden = this.room < 2;
    remember('tryout.columns', this.wanted);
    remember('tryout.at', this.at);
    this.onShown();
  }

  mount(ids) {
    const before = this.shownIds;
    for (const { chat } of this.mounted) chat.scroll.leave();
    this.mounted = ids.map((id, index) => this.column(this.people.byId(id), index));
    this.main.replaceChildren(...this.mounted.map(({ element }) => element));
    for (const { person, chat } of this.mounted) {
      chat.scroll.comeBack();
      if (!before.includes(person.id)) chat.shown();
    }
  }

  column(person, index) {
    const chat = this.chatOf(person);
    const options = this.people.all.map((one) => make('option', { value: one.id, selected: one === person }, one.name));
    const pick = () => this.pick(select.value, index);
    const select = make('select', { 'data-label': 'person_in_column', onchange: pick }, ...options);
    const toList = { type: 'button', class: 'back', 'data-label': 'back', onclick: () => this.toList(person) };
    const name = make('h2', { class: 'hidden-text' }, person.name);
    const title = make('p', { lang: 'sv' }, person.title);
    const back = make('button', toList, icon('M15 5l-7 7 7 7'));
    const head = make('header', {}, back, avatar(person.name, person.tint), make('div', {}, name, select, title));
    const activate = () => { this.active = index; };
    const whole = { class: 'column', 'aria-label': person.name, onfocusin: activate };
    return { person, chat, element: spoken('section', whole, head, chat.element) };
  }

  /** The person selector of a column; choosing someone shown in another column swaps them. */
  pick(id, index) {
    const already = this.wanted.indexOf(id);
    if (already >= 0) this.swap(already, index);
    else this.wanted[index] = id;
    this.layout();
    this.main.children[index]?.querySelector('select').focus();
  }

  toList(person) {
    this.at = 'list';
    this.layout();
    this.people.rows.get(person.id).button.focus();
  }
}

function countButton(picture, n, onclick) {
  return spoken('button', { type: 'button', 'data-label': 'columns_n', 'data-n': n, onclick }, icon(picture));
}

function remember(key, value) {
  try { sessionStorage.setItem(key, JSON.stringify(value)); } catch { /* private window: not remembered */ }
}

function remembered(key, otherwise) {
  try { return JSON.parse(sessionStorage.getItem(key)) ?? otherwise; } catch { return otherwise; }
}
