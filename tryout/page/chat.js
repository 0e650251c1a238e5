// A person's chat with the bot. It exists as long as the page does, even while another chat is shown in its place.

import { newAct, perform } from './acts.js';
import { Composer } from './composer.js';
import { make, spoken } from './dom.js';
import { failure } from './failure.js';
import { Message } from './message.js';
import { press, Refreshing } from './presses.js';
import { Scroll } from './scroll.js';
import { dayName } from './time.js';
import { whenSpoken } from './words.js';

const TYPING_MS = 8000;

export class Chat {
  constructor(person, bot) {
    Object.assign(this, { person, bot, messages: new Map(), working: 0 });
    this.composer = new Composer(person, async (act) => (await this.perform(act)).ok);
    this.element = this.build();
    this.scroll = new Scroll(this.log);
    this.refreshing = new Refreshing(this);
    whenSpoken(() => this.speakTimes());
  }

  build() {
    const names = { 'data-name': this.person.name, 'data-bot': this.bot };
    this.empty = make('p', { class: 'empty', 'data-word': 'empty' });
    this.lines = make('div', { class: 'lines' }, this.empty);
    this.notice = make('div', {});
    const log = { class: 'log', role: 'log', tabindex: '0', 'data-label': 'log', ...names };
    this.log = make('div', log, this.lines, this.notice);
    const dots = make('i', { 'aria-hidden': 'true' });
    this.typing = make('span', { hidden: true }, make('span', { 'data-word': 'typing', ...names }), dots);
    const below = make('p', { class: 'typing' }, this.typing);
    return spoken('div', { class: 'chat' }, this.log, below, this.composer.element);
  }

  /** The chat has come into view, or the connection to the server is back. */
  shown() {
    this.refreshing.begin([...this.messages.values()].flatMap(({ hosts }) => hosts));
    if (!this.person.opened && !this.opening) this.open(newAct(this.person.id, 'open'));
  }

  async open(act) {
    this.opening = true;
    const { ok } = await this.perform(act);
    this.opening = false;
    if (ok) this.person.opened = true;
    this.notice.replaceChildren(...(ok ? [] : [failure('failed_open', () => this.open(act))]));
  }

  /** Apply the whole chat from the server; unchanged messages keep their cards as this person sees them. */
  takeAll(entries) {
    const gone = new Set(this.messages.keys());
    for (const entry of entries) {
      gone.delete(entry.id);
      this.put(entry);
    }
    gone.forEach((id) => this.remove(id));
    this.speakTimes();
    if (!this.placed) this.scroll.toEnd();
    this.placed = true;
  }

  /** Apply a new or changed message. */
  take(entry, how) {
    const wasAtEnd = this.scroll.isAtEnd();
    const message = this.put(entry, how);
    this.speakTimes();
    if (message && (wasAtEnd || entry.author === 'person')) this.scroll.reveal(message.element);
  }

  /** Insert or change a message; returns it if it is new. */
  put(entry, { replaces = false } = {}) {
    const known = this.messages.get(entry.id);
    const message = known ?? new Message(entry, this);
    if (known ? known.update(entry, replaces) : true) message.hosts.forEach((host) => this.refreshing.watch(host));
    if (known) return undefined;
    this.messages.set(entry.id, message);
    this.lines.append(message.element);
    this.setTyping(this.working > 0);
    return message;
  }

  remove(id) {
    this.messages.get(id)?.element.remove();
    this.messages.delete(id);
    this.speakTimes();
  }

  /** Show for a while that the bot is typing. */
  hearTyping() {
    clearTimeout(this.typingTimer);
    this.typingTimer = setTimeout(() => this.setTyping(this.working > 0), TYPING_MS);
    this.setTyping(true);
  }

  setTyping(isTyping) {
    this.typing.hidden = !isTyping;
  }

  /** Send a suggested text. */
  say(text) {
    this.composer.say(text);
  }

  /** A button of one of the cards was pressed. */
  press(host, action) {
    press(this, host, action);
  }

  /** Perform an act, showing meanwhile that the bot is working. */
  async perform(act) {
    this.working += 1;
    this.setTyping(true);
    const answer = await perform(act);
    this.working -= 1;
    this.setTyping(this.working > 0);
    return answer;
  }

  /** Update times and day separators. Correct ones are left alone, so that screen readers do not repeat them. */
  speakTimes() {
    this.empty.hidden = this.messages.size > 0;
    let day;
    for (const message of this.messages.values()) {
      message.tellTime();
      const above = message.element.previousElementSibling;
      const line = above?.matches('.day') ? above : undefined;
      if (message.day === day) line?.remove();
      else dayLine(line ?? message.element, dayName(message.day));
      day = message.day;
    }
    const last = this.lines.lastElementChild;
    if (last?.matches('.day')) last.remove();
  }
}

function dayLine(where, name) {
  if (!where.matches('.day')) where.before(make('p', { class: 'day' }, name));
  else if (where.textContent !== name) where.textContent = name;
}
