// The samples of a session, to hear them again. The oldest are forgotten.

const MOST_SECONDS = 600;

export class History {
  #chunks = [];
  #first = 0;

  constructor(sampleRate) {
    this.chunkSize = sampleRate;
    this.end = 0;
  }

  /** The first sample that is still here. */
  get start() { return this.#first * this.chunkSize; }

  append(samples) {
    for (let i = 0; i < samples.length;) {
      const within = this.end % this.chunkSize;
      if (within === 0) this.#grow();
      const count = Math.min(samples.length - i, this.chunkSize - within);
      const chunk = this.#chunks.at(-1);
      for (let j = 0; j < count; j++) chunk[within + j] = samples[i + j] * 32767;
      this.end += count;
      i += count;
    }
  }

  /** Copies samples; from and count must lie between start and end. */
  read(from, count) {
    const samples = new Float32Array(count);
    for (let i = 0; i < count;) {
      const within = (from + i) % this.chunkSize;
      const part = this.#chunks[Math.floor((from + i) / this.chunkSize) - this.#first].subarray(within, Math.min(this.chunkSize, within + count - i));
      for (let j = 0; j < part.length; j++) samples[i + j] = part[j] / 32767;
      i += part.length;
    }
    return samples;
  }

  clear() {
    this.#chunks = [];
    this.#first = this.end = 0;
  }

  #grow() {
    this.#chunks.push(new Int16Array(this.chunkSize));
    if (this.#chunks.length > MOST_SECONDS) {
      this.#chunks.shift();
      this.#first++;
    }
  }
}
