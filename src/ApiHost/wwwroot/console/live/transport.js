// The controls of a playback: position, back, live, speed.

import { h } from '../lib/dom.js';

const SPEEDS = [0.75, 1, 1.25, 1.5, 2];
const BACK_SECONDS = 5;
const LIVE_WITHIN_SECONDS = 1;

export class Transport {
  #shown = '';
  #isDragged = false;

  /** @param onuse Called when a control is used: the browser lets a page be heard from then on. */
  constructor(playback, onuse) {
    this.playback = playback;
    this.position = h('input', {
      type: 'range', min: '0', max: '0', step: '0.1', value: '0', class: 'position', aria: { label: 'Position' },
      oninput: () => { onuse(); playback.seek(Number(this.position.value)); },
      onpointerdown: () => { this.#isDragged = true; }, onpointerup: () => { this.#isDragged = false; }, onpointercancel: () => { this.#isDragged = false; },
    });
    this.lag = h('span', { class: 'dim' });
    this.speed = h('select', { aria: { label: 'Speed, pitch kept' }, onchange: () => { onuse(); playback.speed = Number(this.speed.value); } },
      ...SPEEDS.map(speed => h('option', { value: speed, selected: speed === 1 }, `${speed}×`)));
    this.back = h('button', { type: 'button', onclick: () => { onuse(); playback.seek(playback.head - BACK_SECONDS); } }, `Back ${BACK_SECONDS} s`);
    this.live = h('button', { type: 'button', onclick: () => { onuse(); playback.seek(playback.live); } }, 'Catch up');
    playback.onspeed = speed => { this.speed.value = speed; };
    this.element = h('div', { class: 'row transport' }, this.back, this.position, this.lag, this.live, this.speed);
  }

  /** Shows the position. */
  show() {
    const { head, start, end, live } = this.playback;
    const behind = Math.max(0, live - head);
    const text = behind < LIVE_WITHIN_SECONDS ? 'live' : `${behind.toFixed(0)} s behind`;
    this.element.dataset.behind = behind.toFixed(2);
    const shown = `${head.toFixed(1)} ${end.toFixed(1)} ${text}`;
    if (shown === this.#shown) return;
    this.#shown = shown;
    this.position.min = start.toFixed(1);
    this.position.max = end.toFixed(1);
    if (!this.#isDragged) this.position.value = head.toFixed(1);
    this.position.setAttribute('aria-valuetext', `${head.toFixed(0)} seconds, ${text}`);
    this.lag.textContent = text;
    this.live.disabled = behind < LIVE_WITHIN_SECONDS;
  }
}
