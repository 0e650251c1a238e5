// Scrolling of a chat: follows new messages only when already at the end.

const NEAR = 80;
const MARGIN = 12;

export class Scroll {
  constructor(log) {
    this.log = log;
    this.wasAtEnd = true;
    log.addEventListener('scroll', () => { this.wasAtEnd = this.isAtEnd(); });
    // keep the end in view when the box below grows or the window shrinks
    new ResizeObserver(() => { if (this.wasAtEnd) this.toEnd(); }).observe(log);
  }

  isAtEnd() {
    return this.log.scrollHeight - this.log.scrollTop - this.log.clientHeight < NEAR;
  }

  toEnd() {
    this.log.scrollTop = this.log.scrollHeight;
  }

  /** Scroll a message into view, from its start if it does not fit. */
  reveal(element) {
    const line = element.getBoundingClientRect();
    const view = this.log.getBoundingClientRect();
    const below = line.bottom + MARGIN - view.bottom;
    const above = line.top - MARGIN - view.top;
    if (above < 0 || below > 0) this.log.scrollTop += below > 0 ? Math.min(above, below) : above;
  }

  /** Remember the position before the chat is hidden or moved. */
  leave() {
    this.left = this.isAtEnd() ? undefined : this.log.scrollTop;
  }

  /** Restore the position. */
  comeBack() {
    if (this.left === undefined) this.toEnd();
    else this.log.scrollTop = this.left;
  }
}
