// What a session says, on one time axis: its contexts one after the other, each with the peaks of its audio and its words.

const PEAKS_PER_SECOND = 50;
const IDLE_MS = 3000;

/** Audio and words of a session, and where its play head is. */
export class Track {
  #contexts = new Map();
  #order = [];
  #active = 0;
  #changedAt = 0;

  /** Called with samples in playing order. */
  onsamples = null;

  constructor(sampleRate) {
    this.sampleRate = sampleRate;
    this.samplesPerPeak = sampleRate / PEAKS_PER_SECOND;
    this.peaks = [];
    this.words = [];
    this.samples = 0;
  }

  /** Seconds of audio so far. */
  get seconds() { return this.samples / this.sampleRate; }

  /**
   * Adds samples.
   * @param isJoined True if the context began before its first frame that is known here.
   */
  addSamples(contextId, samples, isJoined = false) { this.#give(this.#contextOf(contextId, isJoined), { samples }); }

  /** Adds words; times are in seconds from the context's start. */
  addWords(contextId, { words, start, end }, isJoined = false) { this.#give(this.#contextOf(contextId, isJoined), { words, start, end }); }

  /** Ends a context: the next one's audio follows. */
  end(contextId) {
    const context = this.#contexts.get(contextId);
    if (!context) return;
    context.isOver = true;
    this.#contexts.delete(contextId);
    this.#advance();
  }

  /** Puts contexts in this order, whichever of them is heard of first. */
  expect(contextIds) {
    this.#changedAt = performance.now();
    for (const id of contextIds) this.#contextOf(id, false);
  }

  /** Continues with the next context if the one before has nothing more to play and got nothing for a while: the frames of a cancelled one just stop. */
  skipIdle(head) {
    const isIdle = performance.now() - this.#changedAt > IDLE_MS && head >= this.seconds - 0.1;
    if (!isIdle || !this.#order.slice(this.#active + 1).some(context => context.waiting.length > 0)) return;
    const id = [...this.#contexts].find(([, context]) => context === this.#order[this.#active])?.[0];
    if (id !== undefined) this.end(id);
  }

  /** Forgets all audio and words, and the contexts that are open. */
  clear() {
    this.#contexts.clear();
    this.#order = [];
    this.#active = 0;
    this.peaks = [];
    this.words = [];
    this.samples = 0;
  }

  /** The index of the word at a time in seconds; -1 before the first. */
  wordAt(seconds) {
    let low = 0, high = this.words.length;
    while (low < high) {
      const middle = low + high >> 1;
      if (this.words[middle].start <= seconds) low = middle + 1; else high = middle;
    }
    return low - 1;
  }

  #contextOf(id, isJoined) {
    let context = this.#contexts.get(id);
    if (!context) {
      context = { waiting: [], start: null, isOver: false, isJoined };
      this.#contexts.set(id, context);
      this.#order.push(context);
    }
    return context;
  }

  // Contexts that speak at the same time are put one behind the other.
  #give(context, part) {
    if (this.#order[this.#active] === context) this.#apply(context, part);
    else context.waiting.push(part);
  }

  #advance() {
    while (this.#order[this.#active]?.isOver) {
      const next = this.#order[++this.#active];
      for (const part of next?.waiting.splice(0) ?? []) this.#apply(next, part);
    }
  }

  #apply(context, part) {
    this.#changedAt = performance.now();
    context.start ??= this.seconds;
    if (part.samples) return this.#append(part.samples);
    if (context.isJoined && part.start.length > 0) {
      // Where the audio of a context that was joined late lies in it is known from its first words only.
      context.start = this.seconds - part.start[0];
      context.isJoined = false;
    }
    part.words.forEach((word, i) => this.words.push({ word, start: context.start + part.start[i], end: context.start + part.end[i] }));
  }

  #append(samples) {
    for (let i = 0; i < samples.length; i++) {
      const at = Math.floor((this.samples + i) / this.samplesPerPeak);
      const level = Math.abs(samples[i]);
      if (!(this.peaks[at] >= level)) this.peaks[at] = level;
    }
    this.samples += samples.length;
    this.onsamples?.(samples);
  }
}

/** Hands a frame of the protocol to a track. */
export function feed(track, frame, decodeChunk) {
  const isJoined = frame.offset > 0;
  if (frame.type === 'chunk') track.addSamples(frame.context_id, decodeChunk(frame.data), isJoined);
  else if (frame.type === 'timestamps' && frame.word_timestamps) track.addWords(frame.context_id, frame.word_timestamps, isJoined);
  else if (frame.type === 'done' || frame.type === 'error' || (frame.type === 'gap' && frame.to === null)) track.end(frame.context_id);
}
