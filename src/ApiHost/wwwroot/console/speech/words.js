// Shows the words of a track and marks the one that is being spoken.

const MOST = 400;

export class Words {
  #shown = 0;
  #marked = null;
  #from = 0;
  #isMoved = false;
  #top = 0;

  constructor(container, track) {
    this.container = container;
    this.track = track;
  }

  /** Adds new words, marks the one at a time in seconds and keeps it in sight. */
  follow(seconds) {
    this.show(seconds);
    this.measure();
    this.scroll();
  }

  /** Adds new words and marks the one at a time in seconds. */
  show(seconds) {
    for (; this.#shown < this.track.words.length; this.#shown++) {
      const span = document.createElement('span');
      span.textContent = this.track.words[this.#shown].word;
      this.container.append(span, ' ');
    }
    while (this.#shown - this.#from > MOST) {
      this.container.firstChild.remove();
      this.container.firstChild.remove();
      this.#from++;
    }
    const marked = this.container.children[this.track.wordAt(seconds) - this.#from] ?? null;
    if (marked === this.#marked) return;
    this.#marked?.classList.remove('spoken');
    marked?.classList.add('spoken');
    this.#marked = marked;
    this.#isMoved = marked !== null;
  }

  // Apart from show: with many of them on a page, all are changed before the first is measured, so that the browser lays out the page once.
  /** Finds where the marked word is. */
  measure() {
    if (this.#isMoved) this.#top = Math.max(0, this.#marked.offsetTop + (this.#marked.offsetHeight - this.container.clientHeight) / 2);
  }

  /** Brings the marked word into sight. */
  scroll() {
    if (this.#isMoved) this.container.scrollTop = this.#top;
    this.#isMoved = false;
  }

  clear() {
    this.container.replaceChildren();
    this.#shown = this.#from = 0;
    this.#marked = null;
    this.#isMoved = false;
  }
}
