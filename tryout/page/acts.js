// Sends what a person does to the server. A retry sends the same act, with the same id and time.

import { botNow } from './time.js';

/** Create an act. */
export function newAct(person, kind, fields = {}) {
  return { id: crypto.randomUUID(), at: botNow().toISOString(), person, kind, ...fields };
}

/** Send an act; `ok` is false if the bot refused it, did not respond, or could not be reached. */
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

/** Parse an invoke response: a card to show instead, a text to show below, or a failure. */
export function readInvoke(answer) {
  const { statusCode = 200, type = '', value } = answer.invoke ?? {};
  if (!answer.ok || statusCode >= 400 || type === 'application/vnd.microsoft.error') {
    return { failed: true, text: value?.message };
  }
  if (type === 'application/vnd.microsoft.card.adaptive') return { card: value };
  return { text: typeof value === 'string' ? value : undefined };
}
