// An adaptive card in a chat: renders it with Microsoft's renderer and reports presses.

import { HOST_CONFIG } from './hostconfig.js';
import { make, spoken } from './dom.js';
import { toHtml } from './markdown.js';
import { translate, whenSpoken, word } from './words.js';

const renderer = window.AdaptiveCards;
let hostConfig;
if (renderer) {
  hostConfig = new renderer.HostConfig(HOST_CONFIG);
  renderer.GlobalSettings.setTabIndexAtCardRoot = false;
  renderer.AdaptiveCard.onProcessMarkdown = (text, result) => {
    result.outputHtml = toHtml(text);
    result.didProcess = true;
  };
  whenSpoken(() => {
    renderer.Strings.defaults.overflowButtonText = () => '…';
    renderer.Strings.defaults.overflowButtonTooltip = () => word('more');
  });
  renderer.GlobalRegistry.elements.register('ProgressBar', progressBar(renderer), renderer.Versions.v1_0);
}

/** The bar that Teams draws and the renderer does not know. Words beside it say the same, so it is not read out. */
function progressBar({ CardElement }) {
  return class extends CardElement {
    getJsonTypeName() { return 'ProgressBar'; }

    internalParse(source, context) {
      super.internalParse(source, context);
      this.part = source.max ? source.value / source.max : 0;
    }

    internalRender() {
      const done = make('div', {});
      done.style.width = `${100 * this.part}%`;
      return make('div', { class: 'progress', 'aria-hidden': 'true' }, done);
    }
  };
}

export class CardHost {
  /** `onPress(host, action)` is called for Action.Execute and Action.Submit; `summary` labels cards without words. */
  constructor(card, { messageId, summary, onPress }) {
    Object.assign(this, { messageId, summary, onPress, touched: false, busy: false, turn: 0 });
    const touch = () => { this.touched = true; };
    this.element = make('div', { class: 'card', role: 'group', tabindex: '-1', oninput: touch });
    this.below = make('div', { class: 'card-below' });
    this.box = make('div', { class: 'card-box' }, this.element, this.below);
    this.show(card);
  }

  /** Whether the card may be replaced: no input begun, no press in progress, none to retry. */
  get isUntouched() {
    return !this.touched && !this.busy && !this.below.querySelector('.failure');
  }

  /** The action with which Teams would refresh this card for the user, if any. */
  refreshFor(user) {
    const { action, userIds } = this.card.refresh ?? {};
    return action?.type === 'Action.Execute' && (!userIds || userIds.includes(user)) ? action : undefined;
  }

  /** Replace the card. An identical card changes nothing, so that focus and text are not lost. */
  show(card) {
    this.turn += 1;
    this.below.replaceChildren();
    const asText = JSON.stringify(card);
    if (asText !== this.asText) {
      const hadFocus = this.element.contains(document.activeElement);
      this.card = card;
      this.asText = asText;
      this.touched = false;
      this.element.lang = card.lang ?? 'sv';
      this.element.replaceChildren(this.render(card));
      this.name(card);
      if (hadFocus) this.element.focus({ preventScroll: true });
    }
  }

  /** While the bot handles a press, disable further presses on the same card. */
  work(isBusy) {
    this.busy = isBusy;
    this.element.setAttribute('aria-busy', String(isBusy));
  }

  name(card) {
    // the summary is the same on all: what stands at the top tells one card from another
    const top = [...this.element.querySelectorAll('.ac-adaptiveCard .ac-textBlock')].slice(0, 1);
    const heading = [...this.element.querySelectorAll('[role="heading"]')].slice(0, 1);
    const words = [...new Set([...top, ...heading])].map((one) => one.textContent.trim()).filter(Boolean).join(': ');
    const label = card.speak || words || this.summary;
    if (label) {
      delete this.element.dataset.label;
      this.element.setAttribute('aria-label', label);
    } else {
      this.element.dataset.label = 'card';
      translate(this.box);
    }
  }

  render(card) {
    if (!renderer) return spoken('p', { class: 'gone', 'data-word': 'renderer_missing' });
    try {
      const adaptive = new renderer.AdaptiveCard();
      adaptive.hostConfig = hostConfig;
      adaptive.onExecuteAction = (action) => this.pressed(action);
      adaptive.parse(card);
      const rendered = adaptive.render();
      if (rendered) return groupChoices(rendered);
    } catch (problem) {
      console.error('card not shown', problem);
    }
    if (card.fallbackText) return make('p', {}, card.fallbackText);
    return spoken('p', { class: 'gone', 'data-word': 'card_unshown' });
  }

  pressed(action) {
    const type = action.getJsonTypeName();
    if (type === 'Action.OpenUrl') {
      if (/^https?:/i.test(action.url)) window.open(action.url, '_blank', 'noopener,noreferrer');
    } else if (!this.busy && type === 'Action.Execute') {
      const { title, verb, data } = action;
      this.onPress(this, { type, title, verb, data });
    } else if (!this.busy && type === 'Action.Submit') {
      this.onPress(this, { type, data: action.data });
    }
  }
}

let drawn = 0;

/**
 * The renderer labels only the first of several checkboxes or radio buttons: make each set a labelled group. It also
 * names radio buttons alike on every card, which would make one group of them all: arrows would leave the card.
 */
function groupChoices(rendered) {
  drawn += 1;
  for (const radio of rendered.querySelectorAll('input[type="radio"]')) radio.name = `${radio.name}-${drawn}`;
  for (const set of rendered.querySelectorAll('.ac-choiceSetInput-expanded, .ac-choiceSetInput-multiSelect')) {
    const label = set.closest('.ac-input-container')?.previousElementSibling;
    if (label?.id) {
      set.setAttribute('role', set.matches('.ac-choiceSetInput-expanded') ? 'radiogroup' : 'group');
      set.setAttribute('aria-labelledby', label.id);
    }
  }
  return rendered;
}
