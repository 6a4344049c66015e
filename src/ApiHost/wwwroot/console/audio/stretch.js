// Plays samples faster or slower at their pitch: pieces of the input overlap where they resemble each other most.

const PIECE_SECONDS = 0.05;
const OVERLAP_SECONDS = 0.012;
const SEEK_SECONDS = 0.012;
const STEP = 4;

export class Stretch {
  #tail = null;

  constructor(sampleRate) {
    this.piece = Math.round(sampleRate * PIECE_SECONDS);
    this.overlap = Math.round(sampleRate * OVERLAP_SECONDS);
    this.seek = Math.round(sampleRate * SEEK_SECONDS);
  }

  /** The samples that one piece may read. */
  get needed() { return this.piece + this.seek; }

  /** The samples that one piece makes. */
  get made() { return this.piece - this.overlap; }

  /** Makes one piece of the samples at the position, which must be `needed` ones. */
  next(input) {
    const from = this.#tail ? this.#findOverlap(input) : 0;
    const output = input.slice(from, from + this.made);
    if (this.#tail) for (let i = 0; i < this.overlap; i++) output[i] = this.#tail[i] + (output[i] - this.#tail[i]) * i / this.overlap;
    this.#tail = input.slice(from + this.made, from + this.piece);
    return output;
  }

  /** Forgets the piece before: the next one begins elsewhere. */
  reset() { this.#tail = null; }

  #findOverlap(input) {
    let best = 0, most = -Infinity;
    for (let from = 0; from < this.seek; from += STEP) {
      let likeness = 0, power = 1e-9;
      for (let i = 0; i < this.overlap; i += STEP) {
        const sample = input[from + i];
        likeness += sample * this.#tail[i];
        power += sample * sample;
      }
      likeness /= Math.sqrt(power);
      if (likeness > most) [most, best] = [likeness, from];
    }
    return best;
  }
}
