// What a person does, sent to the server; a second try is the same act with the same id and time.

import { botNow } from './time.js';

/** Make an act that has not been tried yet. */
export function newAct(person, kind, fields = {}) {
  return { id: crypto.randomUUID(), at: botNow().toISOString(), person, kind, ...fields };
}

/** Try an act; `ok` is false when the bot refused, was silent, or could not be reached. */
export async function perform(act) {
  try {
    const response = await fetch('/tryout/acts', {
      method: 'POST',
      headers: { 'Content-Type': 'application/json' },
      body: JSON.stringify(act),
    });
    return response.ok ? await response.json() : { ok: false };
  } catch {
    return { ok: false };
  }
}

/** Read an invoke response: a card to show instead, a text to show below, or that it went wrong. */
export function readInvoke(answer) {
  const { statusCode = 200, type = '', value } = answer.invoke ?? {};
  if (!answer.ok || statusCode >= 400 || type === 'application/vnd.microsoft.error') {
    return { failed: true, text: value?.message };
  }
  if (type === 'application/vnd.microsoft.card.adaptive') return { card: value };
  return { text: typeof value === 'string' ? value : undefined };
}
