// The page's own texts, in Swedish and English. What the bot and people say is not translated.

const WORDS = {
  sv: {
    skip: 'Hoppa till chattarna',
    tagline: 'Prova utan Teams',
    people: 'Personer',
    about: 'Alla personer är påhittade. Allt stannar på den här datorn. Skriv inga riktiga uppgifter om barn.',
    chats: 'Chattar',
    columns: 'Chattar bredvid varandra',
    columns_n: 'Visa {n} bredvid varandra',
    language: 'Språk på sidan',
    clock: 'Botens klocka',
    clock_hour: '+1 timme',
    clock_day: '+1 dag',
    clock_morning: 'Nästa arbetsdag 08:05',
    clock_failed: 'Klockan kunde inte flyttas. Försök igen om en stund.',
    connection_lost: 'Ingen kontakt med boten just nu. Det du har skrivit står kvar; sidan ansluter igen av sig själv.',
    unread: 'Oläst',
    not_opened: 'Inte öppnad än',
    person_in_column: 'Person i chatten',
    back: 'Tillbaka till personer',
    log: 'Chatt mellan {name} och {bot}',
    composer: 'Skriv ett meddelande',
    send: 'Skicka',
    suggestions: 'Förslag',
    typing: '{bot} skriver',
    empty: 'Här börjar chatten. Skriv något eller välj ett förslag.',
    card: 'Kort',
    card_unshown: 'Kortet kan inte visas här.',
    renderer_missing: 'Kortvisaren är inte installerad, så kortet visas inte. Kör python3 dev.py setup och ladda om sidan.',
    attachment_unshown: 'En bilaga som inte kan visas här.',
    deleted: 'Meddelandet har tagits bort.',
    failed_text: 'Meddelandet gick inte fram. Texten står kvar i rutan.',
    failed_text_aside: 'Meddelandet gick inte fram: ”{text}”. Det skickas när du försöker igen.',
    failed_card: 'Det gick inte fram. Kortet och det du har fyllt i står kvar.',
    failed_open: 'Appen kunde inte läggas till i chatten. Inget har gått förlorat.',
    retry: 'Försök igen',
    today: 'I dag',
    yesterday: 'I går',
    chips: {
      anyone: ['hjälp', 'ny', 'mina ärenden', 'att läsa'],
      case_worker: ['hjälp', 'mina ärenden', 'ny', 'vad saknas'],
      unit_manager: ['hjälp', 'att läsa', 'enhetens ärenden', 'rapport'],
      peer_reviewer: ['hjälp', 'granska', 'språk en'],
      manager: ['hjälp', 'rapport', 'exportera', 'ersättare'],
      auditor: ['hjälp', 'mina ärenden', 'språk en'],
      admin: ['hjälp', 'administrera', 'ersättare'],
    },
    more: 'Fler val',
  },
  en: {
    skip: 'Skip to the chats',
    tagline: 'Try it without Teams',
    people: 'People',
    about: 'All people are made up. Everything stays on this computer. Do not write real facts about children.',
    chats: 'Chats',
    columns: 'Chats side by side',
    columns_n: 'Show {n} side by side',
    language: 'Language of the page',
    clock: 'The bot\'s clock',
    clock_hour: '+1 hour',
    clock_day: '+1 day',
    clock_morning: 'Next working day 08:05',
    clock_failed: 'The clock could not be moved. Try again in a moment.',
    connection_lost: 'No contact with the bot right now. What you have written is kept; the page reconnects by itself.',
    unread: 'Unread',
    not_opened: 'Not opened yet',
    person_in_column: 'Person in this chat',
    back: 'Back to people',
    log: 'Chat between {name} and {bot}',
    composer: 'Write a message',
    send: 'Send',
    suggestions: 'Suggestions',
    typing: '{bot} is writing',
    empty: 'The chat begins here. Write something or pick a suggestion.',
    card: 'Card',
    card_unshown: 'The card cannot be shown here.',
    renderer_missing: 'The card renderer is not installed, so the card is not shown. Run python3 dev.py setup and reload the page.',
    attachment_unshown: 'An attachment that cannot be shown here.',
    deleted: 'The message has been deleted.',
    failed_text: 'The message did not go through. The text is still in the box.',
    failed_text_aside: 'The message did not go through: “{text}”. It is sent when you try again.',
    failed_card: 'It did not go through. The card and what you have filled in are still here.',
    failed_open: 'The app could not be added to the chat. Nothing is lost.',
    retry: 'Try again',
    today: 'Today',
    yesterday: 'Yesterday',
    chips: {
      anyone: ['help', 'new', 'my cases', 'to read'],
      case_worker: ['help', 'my cases', 'new', 'missing'],
      unit_manager: ['help', 'to read', 'unit cases', 'report'],
      peer_reviewer: ['help', 'review', 'language sv'],
      manager: ['help', 'report', 'export', 'deputy'],
      auditor: ['help', 'my cases', 'language sv'],
      admin: ['help', 'admin', 'deputy'],
    },
    more: 'More options',
  },
};

let chosen = read() ?? 'sv';
const listeners = new Set();

export const language = () => chosen;

/** Return one of the page's texts, with {names} filled in. */
export function word(key, names = {}) {
  const text = WORDS[chosen][key];
  return typeof text === 'string' ? text.replace(/\{(\w+)\}/g, (whole, name) => names[name] ?? whole) : text;
}

/** Call `listener` now and each time the language changes. */
export function whenSpoken(listener) {
  listeners.add(listener);
  listener();
}

/** Change the page's language. */
export function speak(wanted) {
  chosen = wanted in WORDS ? wanted : 'sv';
  try { localStorage.setItem('tryout.language', chosen); } catch { /* a private window: not remembered */ }
  document.documentElement.lang = chosen;
  translate(document);
  listeners.forEach((listener) => listener());
}

/** Fill in texts under `root`: data-word sets the text, data-label the accessible name. */
export function translate(root) {
  for (const element of root.querySelectorAll('[data-word]')) {
    element.textContent = word(element.dataset.word, element.dataset);
  }
  for (const element of root.querySelectorAll('[data-label]')) {
    element.setAttribute('aria-label', word(element.dataset.label, element.dataset));
  }
  for (const element of root.querySelectorAll('[data-placeholder]')) {
    element.placeholder = word(element.dataset.placeholder);
  }
}

function read() {
  try {
    const stored = localStorage.getItem('tryout.language');
    return stored in WORDS ? stored : null;
  } catch {
    return null;
  }
}
