// Plays the history of a session from any position, at any speed. Without sound the position moves with the clock.

import { History } from '../audio/history.js';
import { Stretch } from '../audio/stretch.js';

const LEAD_SECONDS = 1;

export class Playback {
  #history;
  #stretch;
  #player = null;
  #speed = 1;
  #cursor = 0;
  #given = 0;
  #pieces = [];
  #head = 0;
  #live = 0;
  #at = performance.now();

  /** Called with the new speed when the newest audio was reached faster than it is spoken. */
  onspeed = null;

  constructor(sampleRate) {
    this.sampleRate = sampleRate;
    this.#history = new History(sampleRate);
    this.#stretch = new Stretch(sampleRate);
  }

  /** The loudspeaker; call pump when it has played something. */
  set player(player) {
    this.#player = player;
    this.seek(this.head);
  }

  /** What is being heard, seconds. */
  get head() { return this.#head / this.sampleRate; }

  /** The first and the last second that can be heard. */
  get start() { return this.#history.start / this.sampleRate; }
  get end() { return this.#history.end / this.sampleRate; }

  /** What is being spoken now, seconds: speech may be made faster than it is spoken. */
  get live() { return this.#live / this.sampleRate; }

  get speed() { return this.#speed; }
  set speed(speed) {
    this.#speed = speed;
    this.seek(this.head);
  }

  append(samples) {
    this.#history.append(samples);
    if (this.#cursor < this.#history.start) this.seek(this.start);
    this.pump();
  }

  /** Continues at another position, seconds. */
  seek(seconds) {
    this.#cursor = this.#head = Math.round(Math.min(this.#history.end, Math.max(this.#history.start, seconds * this.sampleRate)));
    this.#given = 0;
    this.#pieces = [];
    this.#stretch.reset();
    this.#player?.clear();
    this.pump();
  }

  /** All that has arrived was spoken before: the newest of it is live. */
  skipToLive() { this.#live = this.#history.end; }

  clear() {
    this.#history.clear();
    this.#live = 0;
    this.seek(0);
  }

  /** Moves the clock. */
  tick(now) {
    const passed = (now - this.#at) / 1000 * this.sampleRate;
    this.#at = now;
    this.#live = Math.min(this.#history.end, this.#live + passed);
    if (this.#player) this.#locate();
    else {
      this.#head = this.#cursor = Math.min(this.#history.end, this.#head + passed * this.#speed);
      if (this.#cursor === this.#history.end) this.#slowDown();
    }
  }

  /** Gives the loudspeaker what it plays next. */
  pump() {
    while (this.#player && this.#given - this.#player.played < LEAD_SECONDS * this.sampleRate && this.#cursor < this.#history.end) {
      const left = this.#history.end - this.#cursor;
      if (this.#speed !== 1 && left >= this.#stretch.needed) {
        this.#give(this.#stretch.next(this.#history.read(this.#cursor, this.#stretch.needed)), this.#speed);
        continue;
      }
      this.#slowDown();
      this.#stretch.reset();
      this.#give(this.#history.read(this.#cursor, Math.min(left, this.#stretch.made)), 1);
    }

    // The last piece may reach just to the end.
    if (this.#player && this.#cursor === this.#history.end) this.#slowDown();
  }

  // Nothing newer has arrived. Before the first audio a speed is chosen for what will be heard.
  #slowDown() {
    if (this.#speed <= 1 || this.#history.end === 0) return;
    this.#speed = 1;
    this.onspeed?.(1);
  }

  #give(samples, speed) {
    this.#pieces.push({ from: this.#given, cursor: this.#cursor, speed });
    this.#given += samples.length;
    this.#cursor = Math.min(this.#history.end, this.#cursor + Math.round(samples.length * speed));
    this.#player.play(samples);
  }

  #locate() {
    const played = this.#player.played;
    while (this.#pieces.length > 1 && this.#pieces[1].from <= played) this.#pieces.shift();
    const piece = this.#pieces[0];
    if (piece) this.#head = Math.min(this.#history.end, piece.cursor + (Math.min(played, this.#given) - piece.from) * piece.speed);
  }
}
