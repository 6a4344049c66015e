// The list of messages and frames, the newest last.

import { h } from '../lib/dom.js';

const MOST = 300;

function summary(frame) {
  switch (frame.type) {
    case 'chunk': return `${Math.round(frame.data.length * 3 / 4).toLocaleString('en')} bytes`;
    case 'timestamps': return (frame.word_timestamps?.words ?? []).join(' ');
    case 'flush_done': return `flush ${frame.flush_id}`;
    case 'error': return `${frame.status_code} ${frame.error_code ?? ''}: ${frame.message ?? frame.error ?? ''}`;
    case 'done': return 'context ended';
    default: return '';
  }
}

function sentSummary(message) {
  if (message.cancel) return ['cancel', message.context_id];
  if (message.flush) return ['flush', ''];
  return [message.continue ? 'push' : 'push, last', JSON.stringify(message.transcript)];
}

/** A list of what went over the socket. */
export class FrameList {
  #start = 0;

  constructor() {
    this.body = h('tbody');
    this.element = h('div', { class: 'frames', tabIndex: 0, role: 'region', aria: { label: 'Frames' } },
      h('table', {}, h('thead', {}, h('tr', {}, h('th', { scope: 'col' }, 'ms'), h('th', { scope: 'col' }, 'message'), h('th', { scope: 'col' }, 'content'))), this.body));
  }

  /** Empties the list and counts time from now. */
  clear() {
    this.#start = performance.now();
    this.body.replaceChildren();
  }

  addFrame(frame) { this.#add('in', frame.type, summary(frame)); }

  addSent(message) { this.#add('out', ...sentSummary(message)); }

  #add(direction, name, text) {
    const isAtEnd = this.element.scrollTop + this.element.clientHeight >= this.element.scrollHeight - 24;
    this.body.append(h('tr', { class: name === 'error' ? 'bad' : direction },
      h('td', {}, Math.round(performance.now() - this.#start)), h('td', {}, `${direction === 'out' ? '→' : '←'} ${name}`), h('td', { title: text }, text)));
    while (this.body.children.length > MOST) this.body.firstChild.remove();
    if (isAtEnd) this.element.scrollTop = this.element.scrollHeight;
  }
}
