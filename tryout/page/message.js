// A message in a chat: what a person typed, or what the bot posted, with its cards.

import { CardHost } from './cards.js';
import { avatar, make, spoken } from './dom.js';
import { toHtml } from './markdown.js';
import { clockTime, dayKey } from './time.js';

const CARD = 'application/vnd.microsoft.card.adaptive';

export class Message {
  /** `chat` provides names, and handles presses (`press`) and suggested texts (`say`). */
  constructor(entry, chat) {
    this.chat = chat;
    this.id = entry.id;
    this.at = new Date(entry.at);
    this.day = dayKey(this.at);
    this.hosts = [];
    this.time = make('time', { datetime: entry.at });
    this.content = make('div', { class: 'content' });
    const isBot = entry.author === 'bot';
    const author = make('span', { class: 'author' }, isBot ? chat.bot : chat.person.name);
    const body = make('div', { class: 'body' }, make('header', {}, author, this.time), this.content);
    const picture = isBot ? [avatar(chat.bot, 'bot')] : [];
    this.element = make('article', { class: isBot ? 'message bot' : 'message own' }, ...picture, body);
    this.update(entry);
    this.tellTime();
  }

  /** Show the time in the page's language. */
  tellTime() {
    this.time.textContent = clockTime(this.at);
  }

  /**
   * Apply the server's current entry; returns whether anything changed. `replaces`: the bot has updated it, so it
   * replaces what people see; otherwise an entry unchanged on the server is left as this person sees it.
   */
  update({ activity, author }, replaces = true) {
    const asText = JSON.stringify(activity);
    if (asText === this.asText && !replaces) return false;
    this.asText = asText;
    const cards = cardsOf(activity);
    if (this.hosts.length && this.hosts.length === cards.length) {
      this.hosts.forEach((host, index) => host.show(cards[index].content));
    } else {
      this.hosts = cards.map(({ content }) => this.host(content, activity.summary));
      const said = () => [make('div', { class: 'bubble' }, activity.text)];
      this.content.replaceChildren(...(author === 'person' ? said() : this.parts(activity)));
    }
    return true;
  }

  host(card, summary) {
    return new CardHost(card, { messageId: this.id, summary, onPress: (host, action) => this.chat.press(host, action) });
  }

  parts(activity) {
    if (!activity) return [spoken('p', { class: 'gone', 'data-word': 'deleted' })];
    const parts = activity.text ? [textBubble(activity)] : [];
    parts.push(...this.hosts.map(({ box }) => box));
    if ((activity.attachments?.length ?? 0) > this.hosts.length) {
      parts.push(spoken('p', { class: 'gone', 'data-word': 'attachment_unshown' }));
    }
    const suggested = activity.suggestedActions?.actions ?? [];
    if (suggested.length) parts.push(make('div', { class: 'suggested' }, ...suggested.map((one) => this.suggestion(one))));
    return parts;
  }

  suggestion({ title, value }) {
    return make('button', { type: 'button', class: 'chip', onclick: () => this.chat.say(value ?? title) }, title);
  }
}

const isCard = ({ contentType, content }) => contentType === CARD && content;
const cardsOf = (activity) => (activity?.attachments ?? []).filter(isCard);

function textBubble({ text, textFormat, locale }) {
  const bubble = make('div', { class: 'bubble', lang: locale ?? 'sv' });
  if (textFormat === 'plain') bubble.textContent = text;
  else bubble.innerHTML = toHtml(text);
  return bubble;
}
