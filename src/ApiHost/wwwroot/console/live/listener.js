// Listens to one session, receive only. A lost connection is continued by bookmark: nothing is missed, nothing comes twice.

import { getJson, openSocket, sessionPath } from '../lib/api.js';

const FIRST_DELAY_MS = 500;
const LONGEST_DELAY_MS = 8000;
const OVER = 1000;

export class Listener {
  #query;
  #socket = null;
  #bookmark = null;
  #next = new Map();
  #failures = 0;
  #timer = 0;
  #isClosed = false;

  /**
   * @param session The session's id.
   * @param from `live` or `start`.
   * @param format `encoding` and `sample_rate` of the audio.
   * @param onframe Gets every frame.
   * @param onstate Gets connecting, live, reconnecting, ended or refused, and a text for the last.
   */
  constructor(session, { from, format, onframe, onstate }) {
    Object.assign(this, { session, from, onframe, onstate });
    this.#query = { ...format, bookmarks: 'true' };
    this.#open('connecting');
  }

  close() {
    this.#isClosed = true;
    clearTimeout(this.#timer);
    this.#socket?.close(OVER);
  }

  async #open(state) {
    this.onstate(state);
    let isOpened = false;
    try {
      const socket = await openSocket(sessionPath(this.session, '/audio'), { ...this.#query, ...this.#position() });
      if (this.#isClosed) return socket.close(OVER);
      this.#socket = socket;
      socket.onopen = () => { isOpened = true; this.onstate('live'); };
      socket.onmessage = message => this.#accept(JSON.parse(message.data));
      socket.onclose = event => this.#closed(event, isOpened);
    } catch (e) {
      this.#refuse(e);
    }
  }

  // What was heard of a context since the bookmark continues behind its last frame.
  #position() {
    if (this.#bookmark === null) return { from: [this.from, ...this.#offsets()] };
    return { since: this.#bookmark, from: this.#offsets() };
  }

  #offsets() { return [...this.#next].map(([context, offset]) => `${context}:${offset}`); }

  #accept(frame) {
    this.#failures = 0;
    if (frame.type === 'bookmark') {
      this.#bookmark = frame.since;
      this.#next.clear();
      return;
    }
    if (frame.type === 'gap') {
      if (frame.to !== null) this.#next.set(frame.context_id, frame.to);
    } else {
      this.#next.set(frame.context_id, frame.offset + 1);
    }
    this.onframe(frame);
  }

  async #closed(event, isOpened) {
    if (this.#isClosed) return;
    if (event.code === OVER || !isOpened) {
      // The browser does not tell why a handshake was refused, nor the close code why it is over: the session's own route does.
      try {
        const { live } = await getJson(sessionPath(this.session));
        if (this.#isClosed) return;
        // Over for its listeners only: what they heard was erased.
        if (event.code === OVER) return live ? this.#refuse({ status: 404 }) : this.onstate('ended');
      } catch (e) {
        if (e.status >= 400 && e.status < 500) return this.#refuse(e);
        if (event.code === OVER) return this.onstate('ended');
      }
      if (this.#isClosed) return;
    }
    const delay = Math.min(LONGEST_DELAY_MS, FIRST_DELAY_MS * 2 ** this.#failures++) * (0.75 + Math.random() / 2);
    this.onstate('reconnecting');
    this.#timer = setTimeout(() => this.#open('reconnecting'), delay);
  }

  #refuse(error) {
    if (!this.#isClosed) this.onstate('refused', error.status === 404 ? 'There is no such session, or it was erased.' : error.message);
  }
}
