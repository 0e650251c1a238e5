// What happens on the cards of a chat: presses, and the automatic refreshes of Teams.

import { newAct, perform, readInvoke } from './acts.js';
import { make } from './dom.js';
import { failure } from './failure.js';

/** A button of a card was pressed. */
export function press(chat, host, action) {
  const target = { reply_to: host.messageId };
  const act = action.type === 'Action.Submit'
    ? newAct(chat.person.id, 'submit', { ...target, value: action.data ?? {} })
    : newAct(chat.person.id, 'execute', { ...target, action });
  return tryPress(chat, host, act);
}

async function tryPress(chat, host, act) {
  host.turn += 1;
  host.below.replaceChildren();
  host.work(true);
  const result = readInvoke(await chat.perform(act));
  host.work(false);
  if (result.failed) {
    const again = () => {
      host.element.focus();
      tryPress(chat, host, act);
    };
    host.below.replaceChildren(failure('failed_card', again, { said: result.text }));
  } else if (result.card) {
    host.show(result.card);
  } else if (result.text) {
    host.below.replaceChildren(make('p', { class: 'note', role: 'status' }, result.text));
  }
  chat.scroll.reveal(host.box);
}

/** Refreshes cards that come into view, each once per showing of the chat. */
export class Refreshing {
  constructor(chat) {
    this.chat = chat;
    this.showing = 0;
    this.hosts = new WeakMap();
    this.seen = new IntersectionObserver((changes) => this.onSeen(changes), { root: chat.log });
  }

  /** The chat is shown (again): cards in view are due. */
  begin(hosts) {
    this.showing += 1;
    hosts.forEach((host) => this.watch(host));
  }

  /** A card is new or updated by the bot: it is due as soon as it is in view. */
  watch(host) {
    if (host.busy || host.refreshing) return;
    host.refreshedIn = undefined;
    this.hosts.set(host.box, host);
    this.seen.unobserve(host.box);
    this.seen.observe(host.box);
  }

  onSeen(changes) {
    for (const { target, isIntersecting } of changes) {
      const host = this.hosts.get(target);
      if (isIntersecting && host.refreshedIn !== this.showing) this.refresh(host);
    }
  }

  /** Never replace a card she has begun to fill in, has pressed since, or has yet to retry. */
  async refresh(host) {
    const { person, scroll } = this.chat;
    host.refreshedIn = this.showing;
    const action = host.refreshFor(person.user);
    if (!action || !host.isUntouched) return;
    host.refreshing = true;
    const { turn } = host;
    const fields = { reply_to: host.messageId, action, automatic: true };
    const { card } = readInvoke(await perform(newAct(person.id, 'execute', fields)));
    host.refreshing = false;
    if (!card || host.turn !== turn || !host.isUntouched) return;
    const wasAtEnd = scroll.isAtEnd();
    host.show(card);
    if (wasAtEnd) scroll.toEnd();
  }
}
