// The loudspeaker of a view: samples go through an AudioWorklet with a ring buffer, so that the page's own work never makes the sound stutter.

const RING_SECONDS = 4;

/** Why this browser cannot play; null if it can. */
export function whyNoSound() {
  if (!window.isSecureContext) return 'Browsers play streamed audio only on pages from HTTPS or from localhost. Open the console with https:// or from the machine of the service.';
  if (typeof AudioWorkletNode === 'undefined') return 'This browser has no AudioWorklet, which streamed audio needs. Words, frames and waveforms work; for sound, use a current browser.';
  return null;
}

/** Plays mono samples of one rate. */
export class Player {
  #context;
  #node = null;
  #waiting = [];
  #capacity;
  #sent = 0;
  #played = 0;
  #epoch = 0;

  /** Called with the peak of the last moments, 0 to 1. */
  onlevel = null;

  /** Called when samples were played. */
  onplayed = null;

  constructor(sampleRate) {
    this.sampleRate = sampleRate;
    this.#context = new AudioContext({ sampleRate, latencyHint: 'interactive' });
    this.#capacity = sampleRate * RING_SECONDS;
  }

  /** Readies the audio thread. */
  async start() {
    await this.#context.audioWorklet.addModule('/console/audio/player-worklet.js');
    this.#node = new AudioWorkletNode(this.#context, 'ring-player', {
      numberOfInputs: 0, outputChannelCount: [1], processorOptions: { capacity: this.#capacity },
    });
    this.#node.port.onmessage = ({ data }) => {
      // A report from before the last clear is of other samples.
      if (data.epoch !== this.#epoch) return;
      this.#played = data.played;
      this.#send();
      this.onlevel?.(data.peak);
      this.onplayed?.();
    };
    if (this.#epoch > 0) this.#node.port.postMessage({ epoch: this.#epoch });
    this.#node.connect(this.#context.destination);
    this.resume();
    this.#send();
  }

  /** True if the browser lets the page be heard; it does after a click or a key. */
  get isAudible() { return this.#context.state === 'running'; }

  /** Asks the browser to be heard. Call it from a click or a key. */
  resume() { this.#context.resume().catch(() => {}); }

  /** Appends samples. */
  play(samples) {
    this.#waiting.push(samples);
    this.#send();
  }

  /** Silence, at once. */
  clear() {
    this.#waiting = [];
    this.#epoch++;
    this.#sent = this.#played = 0;
    this.#node?.port.postMessage({ epoch: this.#epoch });
  }

  /** Samples played since the start or the last clear. */
  get played() { return this.#played; }

  async close() {
    this.#node?.disconnect();
    this.#node = null;
    if (this.#context.state !== 'closed') await this.#context.close();
  }

  // The space is a lower bound: it grows with the audio thread's next report.
  #send() {
    for (let space; this.#node && this.#waiting.length > 0 && (space = this.#capacity - (this.#sent - this.#played)) > 0;) {
      let samples = this.#waiting.shift();
      if (samples.length > space) {
        this.#waiting.unshift(samples.subarray(space));
        samples = samples.slice(0, space);
      }
      this.#sent += samples.length;
      this.#node.port.postMessage({ samples });
    }
  }
}
