// One socket of the protocol with one context at a time: push, flush, end, cancel.

import { openSocket, request } from '../lib/api.js';

export const MODEL = 'sonic-latest';
export const VERSION = '2026-08-14';

/** The first message of a context; more pushes repeat it with other text. */
export const pushOf = ({ contextId, transcript, voice, sampleRate, isLast = false, isFlush = false }) => ({
  context_id: contextId,
  model_id: MODEL,
  transcript,
  voice,
  output_format: { container: 'raw', encoding: 'pcm_s16le', sample_rate: sampleRate },
  continue: !isLast,
  ...(isFlush ? { flush: true } : {}),
  add_timestamps: true,
  max_buffer_delay_ms: 0,
});

/** A socket that speaks in a session. */
export class SpeechSocket {
  #socket;
  #settings = null;

  /** Called with every frame that came, and every message that was sent. */
  onframe = () => {};
  onsent = () => {};
  onclose = () => {};

  static async open(session, reference) {
    const query = { cartesia_version: VERSION, session_id: session, ...(reference ? { ref: reference } : {}) };
    const socket = await openSocket('/tts/websocket', query);
    const isOpen = await new Promise(done => {
      socket.onopen = () => done(true);
      socket.onerror = () => done(false);
    });
    if (isOpen) return new SpeechSocket(socket);

    // The browser does not tell why: another request does, if it is the credential.
    await request('/voices?limit=1');
    throw new Error('The service refused the socket or cannot be reached.');
  }

  constructor(socket) {
    this.#socket = socket;
    socket.onerror = null;
    socket.onmessage = message => this.#accept(JSON.parse(message.data));
    socket.onclose = event => this.onclose(event);
  }

  get isOpen() { return this.#socket.readyState === WebSocket.OPEN; }

  /** The id of the context that takes text; null if there is none. */
  get contextId() { return this.#settings?.contextId ?? null; }

  /** Opens a context. */
  begin(settings) { this.#settings = { ...settings, contextId: `try-${crypto.randomUUID().slice(0, 8)}` }; }

  push(transcript, isLast = false) {
    this.#send(pushOf({ ...this.#settings, transcript, isLast }));
    if (isLast) this.#settings.isEnded = true;
  }

  flush() { this.#send(pushOf({ ...this.#settings, transcript: '', isFlush: true })); }

  cancel() {
    const contextId = this.contextId;
    this.#settings = null;
    this.#send({ context_id: contextId, cancel: true });
  }

  close() { this.#socket.close(1000); }

  #send(message) {
    this.#socket.send(JSON.stringify(message));
    this.onsent(message);
  }

  // Frames of a context that was cancelled may still be on their way; nothing of it is played.
  #accept(frame) {
    if (frame.context_id && frame.context_id !== this.contextId) return;
    if (frame.type === 'done' || frame.type === 'error') this.#settings = null;
    this.onframe(frame);
  }
}
