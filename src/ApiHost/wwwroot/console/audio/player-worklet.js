// Plays samples from a ring buffer on the audio thread. Tells how many samples it has played, for the word that is being spoken.

const REPORT_EVERY = 8;

class RingPlayer extends AudioWorkletProcessor {
  constructor(options) {
    super();
    this.ring = new Float32Array(options.processorOptions.capacity);
    this.read = 0;
    this.size = 0;
    this.played = 0;
    this.blocks = 0;
    this.peak = 0;
    this.epoch = 0;
    this.port.onmessage = ({ data }) => {
      if (data.samples) this.append(data.samples);
      else if (data.epoch) {
        this.epoch = data.epoch;
        this.size = this.played = 0;
      }
    };
  }

  // The page sends no more than fits.
  append(samples) {
    const capacity = this.ring.length;
    const count = Math.min(samples.length, capacity - this.size);
    for (let i = 0, at = (this.read + this.size) % capacity; i < count; i++) {
      this.ring[at] = samples[i];
      if (++at === capacity) at = 0;
    }
    this.size += count;
  }

  process(_, [[out]]) {
    const count = Math.min(out.length, this.size);
    const capacity = this.ring.length;
    for (let i = 0; i < count; i++) {
      const sample = this.ring[this.read];
      out[i] = sample;
      const level = sample < 0 ? -sample : sample;
      if (level > this.peak) this.peak = level;
      if (++this.read === capacity) this.read = 0;
    }
    this.size -= count;
    this.played += count;
    if (++this.blocks % REPORT_EVERY === 0) {
      this.port.postMessage({ epoch: this.epoch, played: this.played, peak: this.peak });
      this.peak = 0;
    }
    return true;
  }
}

registerProcessor('ring-player', RingPlayer);
