import { flawsOf } from './frames.mjs';

const SAMPLE_BYTES = { pcm_f32le: 4, pcm_s16le: 2, pcm_mulaw: 1, pcm_alaw: 1 };
const FIRST_VERSION_COUNTING_FROM_ONE = '2025-04-16';
const TIMESTAMP_SLACK_S = 0.05;
const UNNAMED = '';

/**
 * All that went over one socket, held against the rules that span frames: order, numbering, one terminal frame, silence after it.
 * It only watches; a test asks for `violations` at its end.
 */
export class Conversation {
  /** Every frame received, in order. */
  frames = [];

  /** Every message sent that is one JSON object, in order. */
  sent = [];
  violations = [];
  headers = {};
  #contexts = new Map();
  #countsFromZero;

  constructor(url) {
    const version = new URL(url).searchParams.get('cartesia_version');
    this.#countsFromZero = version !== null && version < FIRST_VERSION_COUNTING_FROM_ONE;
  }

  get session() {
    return this.headers['x-session-id'];
  }

  /** The frames of one context, in order. */
  of(contextId) {
    return this.frames.filter((frame) => frame.context_id === contextId);
  }

  /** From now on any frame of this context is a violation: the server has surely read the cancel. */
  fence(contextId) {
    this.#contexts.get(contextId).isFenced = true;
  }

  onSent(data) {
    let message;
    try {
      message = JSON.parse(data);
    } catch {
      return;
    }

    this.sent.push(message);
    if (message?.cancel === true || typeof message?.transcript !== 'string') {
      return;
    }

    const id = message.context_id ?? UNNAMED;

    let context = this.#contexts.get(id);
    if (context === undefined || context.isOver) {
      context = {
        isOver: false,
        isFenced: context?.isFenced ?? false,
        sampleBytes: SAMPLE_BYTES[message.output_format?.encoding ?? 'pcm_s16le'],
        sampleRate: message.output_format?.sample_rate,
        wants: { timestamps: message.add_timestamps === true, phoneme_timestamps: message.add_phoneme_timestamps === true },
        flushes: 0,
        flushed: 0,
        bytes: 0,
        latest: { timestamps: 0, phoneme_timestamps: 0 },
        end: 0,
      };
      this.#contexts.set(id, context);
    }

    context.flushes += message.flush === true ? 1 : 0;
  }

  onReceived(text, isBinary) {
    const flaws = flawsOf(text, isBinary);
    this.violations.push(...flaws);
    if (flaws.length > 0) {
      return;
    }

    const frame = JSON.parse(text);
    this.frames.push(frame);
    const context = this.#contexts.get(frame.context_id) ?? this.#adopt(frame.context_id);
    if (context === undefined) {
      this.#check(frame.type === 'error', frame, 'belongs to a context that was never opened');
      return;
    }

    this.#check(!context.isOver, frame, 'after the terminal frame');
    this.#check(!context.isFenced, frame, 'after a cancel');
    this.#apply(context, frame);
  }

  // A request without an id gets one from the server.
  #adopt(contextId) {
    const context = contextId === undefined ? undefined : this.#contexts.get(UNNAMED);
    if (context !== undefined) {
      this.#contexts.delete(UNNAMED);
      this.#contexts.set(contextId, context);
    }

    return context;
  }

  #apply(context, frame) {
    const current = this.#countsFromZero ? context.flushed : context.flushed + 1;
    switch (frame.type) {
      case 'chunk': {
        const bytes = Buffer.byteLength(frame.data, 'base64');
        context.bytes += bytes;
        this.#check(bytes % context.sampleBytes === 0, frame, `holds ${bytes} bytes, no whole number of samples`);
        this.#checkNumber(context, frame, current);
        break;
      }

      case 'timestamps':
      case 'phoneme_timestamps': {
        this.#check(context.wants[frame.type], frame, 'that nobody asked for');
        this.#checkNumber(context, frame, current);
        this.#checkTimes(context, frame);
        break;
      }

      case 'flush_done':
        this.#check(frame.flush_id === current, frame, `numbered ${frame.flush_id}, not ${current}`);
        context.flushed++;
        this.#check(context.flushed <= context.flushes, frame, 'without a flush');
        break;

      case 'done':
        context.isOver = true;
        this.#check(context.flushed === context.flushes, frame, `after ${context.flushed} flush_done for ${context.flushes} flushes`);
        this.#check(
          context.end <= context.bytes / context.sampleBytes / context.sampleRate + TIMESTAMP_SLACK_S, frame, 'before the audio its timestamps speak of');
        break;

      case 'error':
        context.isOver = true;
        break;
    }
  }

  #checkNumber(context, frame, current) {
    // Clients of the oldest versions must see no number before the first flush.
    const expected = this.#countsFromZero && context.flushed === 0 ? undefined : current;
    this.#check(frame.flush_id === expected, frame, `numbered ${frame.flush_id}, not ${expected}`);
  }

  #checkTimes(context, frame) {
    const { start, end } = frame.word_timestamps ?? frame.phoneme_timestamps;
    for (let i = 0; i < start.length; i++) {
      this.#check(start[i] >= context.latest[frame.type], frame, `with a start of ${start[i]} after ${context.latest[frame.type]}`);
      this.#check(end[i] >= start[i], frame, `with an end of ${end[i]} before its start ${start[i]}`);
      context.latest[frame.type] = start[i];
      context.end = Math.max(context.end, end[i]);
    }
  }

  #check(holds, frame, what) {
    if (!holds) {
      this.violations.push(`${frame.context_id}: ${frame.type} ${what}`);
    }
  }
}
