// A number against its limit: a meter, and a line of what it was since the view was opened.

import { h } from '../lib/dom.js';

const SVG = 'http://www.w3.org/2000/svg';
const WIDTH = 300;
const HEIGHT = 40;
const MOST_POINTS = 150;

export class Plot {
  #select;
  #points = [];

  /** @param select Returns the number and its limit. */
  constructor(label, select) {
    this.#select = select;
    this.text = h('span', { class: 'dim' });
    this.level = h('div');
    this.meter = h('div', { class: 'meter', role: 'meter', aria: { label, valuemin: '0', valuemax: '1', valuenow: '0' } }, this.level);
    this.line = document.createElementNS(SVG, 'polyline');
    const svg = document.createElementNS(SVG, 'svg');
    for (const [name, value] of Object.entries({ class: 'plot', viewBox: `0 0 ${WIDTH} ${HEIGHT}`, preserveAspectRatio: 'none', 'aria-hidden': 'true' })) svg.setAttribute(name, value);
    svg.append(this.line);
    this.element = h('div', { class: 'stack tight' }, h('div', { class: 'row' }, h('h3', {}, label), h('span', { class: 'grow' }), this.text), this.meter, svg);
  }

  update(data) {
    const [value, limit] = this.#select(data);
    this.#points.push(value);
    if (this.#points.length > MOST_POINTS) this.#points.shift();
    this.text.textContent = `${value} of ${limit}`;
    this.meter.setAttribute('aria-valuemax', Math.max(limit, value, 1));
    this.meter.setAttribute('aria-valuenow', value);
    this.level.style.transform = `scaleX(${Math.min(1, value / Math.max(1, limit))})`;
    // Against its own highest value: most use is far below the limit, which the meter shows.
    const top = Math.max(1, ...this.#points);
    this.line.setAttribute('points', this.#points
      .map((point, i) => `${(WIDTH - (this.#points.length - 1 - i) * WIDTH / MOST_POINTS).toFixed(1)},${(HEIGHT - 2 - point / top * (HEIGHT - 4)).toFixed(1)}`).join(' '));
  }
}
