// A grid of cards of one height, of which only those in sight and a row around them are on the page: thousands cost no more than a screenful.

import { h } from '../lib/dom.js';

const ROWS_AROUND = 1;

export class Grid {
  #cards = [];
  #shown = new Set();
  #rowHeight = 0;
  #isChanged = true;
  #change = () => { this.#isChanged = true; };

  constructor() {
    this.element = h('div', { class: 'cards', aria: { busy: 'true', label: 'Live sessions' }, role: 'feed' });
    this.sizes = new ResizeObserver(() => { this.#rowHeight = 0; this.#change(); });
    this.sizes.observe(this.element);
    window.addEventListener('scroll', this.#change, { passive: true });
    window.addEventListener('resize', this.#change);
  }

  /** The cards that are on the page. */
  get shown() { return this.#shown; }

  /** All cards in their order. */
  set cards(cards) {
    this.#cards = cards;
    this.#change();
  }

  /** Call in each frame: puts the cards on the page that are in sight by now, and takes the others off. */
  update() {
    if (!this.#isChanged) return;
    this.#isChanged = false;
    const style = getComputedStyle(this.element);
    const columns = style.gridTemplateColumns.split(' ').length;
    const gap = parseFloat(style.rowGap);
    if (this.#rowHeight === 0 && this.element.firstElementChild) this.#rowHeight = this.element.firstElementChild.offsetHeight + gap;
    // Before the first card was laid out, its height is not known.
    const height = this.#rowHeight || innerHeight;
    const rows = Math.ceil(this.#cards.length / columns);
    const top = -this.element.getBoundingClientRect().top;
    const first = Math.max(0, Math.min(rows - 1, Math.floor(top / height) - ROWS_AROUND));
    const last = Math.max(first, Math.min(rows, Math.ceil((top + innerHeight) / height) + ROWS_AROUND));
    this.#put(this.#cards.slice(first * columns, last * columns), first * columns);
    this.element.style.paddingTop = `${first * height}px`;
    this.element.style.paddingBottom = `${(rows - last) * height}px`;
    if (this.#rowHeight === 0) this.#isChanged = this.#cards.length > 0;
  }

  close() {
    this.sizes.disconnect();
    window.removeEventListener('scroll', this.#change);
    window.removeEventListener('resize', this.#change);
    this.#put([], 0);
  }

  #put(cards, index) {
    const wanted = new Set(cards);
    for (const card of this.#shown) {
      if (wanted.has(card)) continue;
      card.hide();
      card.element.remove();
    }
    // An empty feed is one that is still to be filled.
    this.element.setAttribute('aria-busy', String(cards.length === 0));
    let next = this.element.firstElementChild;
    cards.forEach((card, i) => {
      if (card.element === next) next = next.nextElementSibling;
      else this.element.insertBefore(card.element, next);
      card.element.setAttribute('aria-posinset', index + i + 1);
      card.element.setAttribute('aria-setsize', this.#cards.length);
      card.show();
    });
    this.#shown = wanted;
  }
}
