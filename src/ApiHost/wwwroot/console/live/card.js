// One session of the wall. A card has elements once it was on the page, and is subscribed to its session's audio while it is.

import { decode } from '../audio/decode.js';
import { getJson, sessionPath } from '../lib/api.js';
import { clock, count, h } from '../lib/dom.js';
import { feed, Track } from '../speech/track.js';
import { Waveform } from '../speech/waveform.js';
import { Words } from '../speech/words.js';
import { Listener } from './listener.js';

// Enough for a waveform, and an eighth of the bytes of 24 kHz.
const FORMAT = { encoding: 'pcm_mulaw', sample_rate: 8000 };
const DETAIL_EVERY_MS = 5000;

// Cards that are only scrolled past open no sockets.
const START_AFTER_MS = 150;

export class Card {
  #view = null;
  #element = null;
  #starting = 0;

  constructor(session) { this.session = session; }

  get element() { return this.#element ??= this.#build(); }

  /** True if the id or the reference of the session has a text, in lower case, in it. */
  matches(text) { return text === '' || this.session.session_id.toLowerCase().includes(text) || (this.session.ref ?? '').toLowerCase().includes(text); }

  update(session) {
    this.session = session;
    if (this.#element) this.#describe();
  }

  #build() {
    const { session } = this;
    const title = session.ref ? `${session.ref} · ${session.session_id}` : session.session_id;
    this.pill = h('span', { class: 'pill' });
    this.times = h('span', {});
    this.listeners = h('span', {});
    this.upstream = h('span', { class: 'dim', title: 'The upstream that speaks, or spoke last' });
    this.lag = h('span', { class: 'dim', title: 'Audio that is made and not spoken yet' });
    this.canvas = h('canvas', { class: 'wave', role: 'img', aria: { label: 'Waveform' } });
    this.wordBox = h('p', { class: 'words' });
    const element = h('article', { class: 'panel card', data: { session: session.session_id } },
      h('header', {}, h('h2', { title }, title), this.lag, this.upstream, this.pill),
      this.canvas, this.wordBox,
      h('footer', {}, this.times, this.listeners, h('button', { type: 'button', onclick: () => { location.hash = `#/live/${encodeURIComponent(session.session_id)}`; } },
        'Listen in', h('span', { class: 'hidden-text' }, ` to ${title}`))));
    this.#describe();
    return element;
  }

  #describe() {
    const { session } = this;
    const state = session.state === 'open' ? 'speaking' : 'waiting';
    if (this.pill.textContent !== state) {
      this.pill.textContent = state;
      this.pill.classList.toggle('open', session.state === 'open');
    }
    const times = `${clock(session.started_at)} · ${count(session.totals.contexts, 'context')}`;
    if (this.times.textContent !== times) this.times.textContent = times;
  }

  /** The card is on the page: subscribes to the session. */
  show() {
    if (!this.#view && !this.#starting) this.#starting = setTimeout(() => this.#start(), START_AFTER_MS);
  }

  #start() {
    this.#starting = 0;
    const track = new Track(FORMAT.sample_rate);
    const words = new Words(this.wordBox, track);
    this.#view = {
      track, words, waveform: new Waveform(this.canvas), head: 0, at: performance.now(),
      listener: new Listener(this.session.session_id, {
        from: 'live', format: FORMAT,
        onframe: frame => feed(track, frame, data => decode(data, FORMAT.encoding)),
        onstate: state => {
          this.element.dataset.listening = state;
          if (state === 'refused' || state === 'ended') clearInterval(this.#view?.timer);
        },
      }),
      timer: setInterval(() => this.#loadDetail(), DETAIL_EVERY_MS),
    };
    this.#loadDetail();
  }

  hide() {
    clearTimeout(this.#starting);
    this.#starting = 0;
    if (!this.#view) return;
    clearInterval(this.#view.timer);
    this.#view.listener.close();
    this.#view.waveform.close();
    this.#view.words.clear();
    this.#view = null;
  }

  /** Moves the play head with the clock, since speech may be made faster than it is spoken, and draws. */
  draw(now) {
    const view = this.#view;
    if (!view) return;
    view.head = Math.min(view.track.seconds, view.head + (now - view.at) / 1000);
    view.at = now;
    const loud = view.waveform.draw(view.track, view.head);
    if (view.loud !== loud) this.element.dataset.loud = view.loud = loud;
    const lag = Math.round(view.track.seconds - view.head);
    if (view.lag !== lag) {
      view.lag = lag;
      this.lag.textContent = lag > 0 ? `lag ${lag} s` : '';
    }
    view.words.show(view.head);
    view.track.skipIdle(view.head);
  }

  /** Behind the draw of all cards: finds where the marked word is. */
  measure() { this.#view?.words.measure(); }

  /** Behind the measuring of all cards: brings the marked word into sight. */
  scroll() { this.#view?.words.scroll(); }

  async #loadDetail() {
    try {
      const { listeners, contexts } = await getJson(sessionPath(this.session.session_id));
      this.listeners.textContent = `${listeners} listening`;
      this.listeners.title = 'Listeners, this page among them';
      this.upstream.textContent = contexts.findLast(context => context.upstream)?.upstream ?? '';
    } catch {
      this.listeners.textContent = '';
    }
  }
}
