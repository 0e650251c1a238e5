// The subset of Markdown the bot uses: bold and bullet lists. Everything else is shown literally.

const ESCAPES = { '&': '&amp;', '<': '&lt;', '>': '&gt;', '"': '&quot;', "'": '&#39;' };
const BULLET = /^\s*[-*•]\s+/;

/** Convert text to HTML, escaping everything but bold and bullets. */
export function toHtml(text) {
  const parts = [];
  let bullets = [];
  const endList = () => {
    if (bullets.length) parts.push(`<ul>${bullets.map((line) => `<li>${line}</li>`).join('')}</ul>`);
    bullets = [];
  };
  let previousWasText = false;
  for (const line of text.split(/\r\n|\r|\n/)) {
    if (BULLET.test(line)) {
      bullets.push(inline(line.replace(BULLET, '')));
      previousWasText = false;
    } else {
      endList();
      parts.push((previousWasText ? '<br>' : '') + inline(line));
      previousWasText = true;
    }
  }
  endList();
  return `<span>${parts.join('')}</span>`;
}

function inline(line) {
  const escaped = line.replace(/[&<>"']/g, (sign) => ESCAPES[sign]);
  return escaped.replace(/\*\*(\S(?:.*?\S)?)\*\*/g, '<strong>$1</strong>');
}
