// Assembles the page and dispatches events from the server.

import { Chat } from './chat.js';
import { Columns } from './columns.js';
import { connect } from './live.js';
import { People } from './people.js';
import { botNow, clockDay, setBotNow } from './time.js';
import { language, speak, whenSpoken, word } from './words.js';

const find = (id) => document.getElementById(id);
const chats = new Map();
let bot = 'Beslutskollen';

const people = new People(find('people').querySelector('ul'), (person) => columns.choose(person));
const columns = new Columns(find('chats'), find('column-choice'), { people, chatOf, onShown });

function chatOf(person) {
  if (!chats.has(person.id)) {
    chats.set(person.id, new Chat(person, bot));
    line.show(person.id);
  }
  return chats.get(person.id);
}

function onShown() {
  columns.mounted.forEach(({ person }) => people.setRead(person));
  const unread = people.mark(columns.shownIds);
  document.title = unread ? `(${unread}) ${bot}` : bot;
}

const HANDLERS = {
  hello({ people: fresh, bot: name, now, movable }) {
    bot = name;
    find('bot-name').textContent = name;
    find('clock').hidden = !movable;
    setClock(now);
    people.takeAll(fresh);
    if (columns.begun) {
      chats.forEach((chat, id) => line.show(id));
      columns.mounted.forEach(({ chat }) => chat.shown());
    } else {
      columns.begin();
    }
    onShown();
  },
  chat({ person, entries }) { chats.get(person)?.takeAll(entries); },
  say: takeEntry,
  update(event) { takeEntry(event, { replaces: true }); },
  delete: takeEntry,
  post(event) {
    people.byId(event.person).newest = event.entry.id;
    takeEntry(event);
    onShown();
  },
  unsay({ person, id }) { chats.get(person)?.remove(id); },
  open({ person }) {
    people.byId(person).opened = true;
    onShown();
  },
  typing({ person }) { chats.get(person)?.hearTyping(); },
  clock({ now }) { setClock(now); },
};

function takeEntry({ person, entry }, how) {
  chats.get(person)?.take(entry, how);
}

function setClock(now) {
  setBotNow(now);
  showClock();
  chats.forEach((chat) => chat.speakTimes());
}

function showClock() {
  find('clock-now').textContent = clockDay(botNow());
  find('clock-now').dateTime = botNow().toISOString();
}

async function moveClock(step) {
  const options = { method: 'POST', headers: { 'Content-Type': 'application/json' }, body: JSON.stringify({ step }) };
  const answer = await fetch('/tryout/clock', options).catch(() => ({ ok: false }));
  find('connection').textContent = answer.ok ? '' : word('clock_failed');
}

for (const button of find('clock').querySelectorAll('[data-step]')) {
  button.addEventListener('click', () => moveClock(button.dataset.step));
}
for (const button of find('language-choice').children) {
  button.addEventListener('click', () => speak(button.dataset.language));
}
whenSpoken(() => {
  showClock();
  for (const button of find('language-choice').children) {
    button.setAttribute('aria-pressed', String(button.dataset.language === language()));
  }
});
setInterval(showClock, 1000);

let isConnected = true;
function sayConnection() {
  find('connection').textContent = isConnected ? '' : word('connection_lost');
}
whenSpoken(sayConnection);

const line = connect({
  connection(isUp) {
    isConnected = isUp;
    sayConnection();
  },
  event: (event) => HANDLERS[event.do]?.(event),
});
speak(language());
