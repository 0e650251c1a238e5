// The bot's time, extrapolated from what the server last sent; and Swedish formats of days and times.

import { language, word } from './words.js';

const ZONE = 'Europe/Stockholm';
let ahead = 0;

/** Set the bot's time, as sent by the server. */
export function setBotNow(text) {
  ahead = Date.parse(text) - Date.now();
}

export const botNow = () => new Date(Date.now() + ahead);

const format = (options) => new Intl.DateTimeFormat(language() === 'en' ? 'en-GB' : 'sv-SE', { timeZone: ZONE, ...options });

/** "14:05" */
export const clockTime = (at) => format({ hour: '2-digit', minute: '2-digit' }).format(at);

/** "lör 22 nov. 14:05" */
export const clockDay = (at) =>
  `${format({ weekday: 'short', day: 'numeric', month: 'short', year: 'numeric' }).format(at)} ${clockTime(at)}`;

/** A day as a key that sorts and compares: "2026-11-22". */
export const dayKey = (at) => new Intl.DateTimeFormat('sv-SE', { timeZone: ZONE, dateStyle: 'short' }).format(at);

/** "I dag", "I går" or "lördag 21 november", with the year unless it is the current one. */
export function dayName(key) {
  const now = botNow();
  if (key === dayKey(now)) return word('today');
  if (key === dayKey(new Date(now - 86_400_000))) return word('yesterday');
  const year = key.slice(0, 4) === dayKey(now).slice(0, 4) ? undefined : 'numeric';
  return format({ weekday: 'long', day: 'numeric', month: 'long', year }).format(new Date(`${key}T12:00:00Z`));
}
