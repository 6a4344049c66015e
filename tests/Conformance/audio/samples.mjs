import assert from 'node:assert/strict';

// Wide enough for any voice, narrow enough to notice a lost or doubled sentence.
const SLOWEST_CHARACTERS_PER_SECOND = 6;
const FASTEST_CHARACTERS_PER_SECOND = 28;
const PAUSES_S = 0.4;
const QUIETEST_SPEECH = 0.01;
const LENGTH_TOLERANCE = 0.015;
const JITTER_S = 0.05;
const ENVELOPE_STRETCHES = 30;
const LEAST_LIKENESS = 0.65;

const DECODERS = {
  pcm_f32le: { bytes: 4, read: (audio, at) => audio.readFloatLE(at) },
  pcm_s16le: { bytes: 2, read: (audio, at) => audio.readInt16LE(at) / 32768 },
};

/** How long raw audio plays, seconds. */
export const secondsOf = (audio, format) => audio.length / DECODERS[format.encoding].bytes / format.sample_rate;

/** The root mean square of raw audio, 1 for full scale. */
export function loudnessOf(audio, format) {
  const { bytes, read } = DECODERS[format.encoding];
  let sum = 0;
  for (let at = 0; at < audio.length; at += bytes) {
    sum += read(audio, at) ** 2;
  }

  return Math.sqrt(sum / (audio.length / bytes));
}

/** Fails unless this may be the text, spoken: whole samples in range, not silence, and about as long as the text takes. */
export function assertSpeech(audio, format, text) {
  const { bytes, read } = DECODERS[format.encoding];
  assert.ok(audio.length > 0, `there is no audio of "${text}"`);
  assert.equal(audio.length % bytes, 0, 'the last sample is not whole');
  for (let at = 0; at < audio.length; at += bytes) {
    const sample = read(audio, at);
    assert.ok(sample >= -1 && sample <= 1, `sample ${at / bytes} of "${text}" is ${sample}`);
  }

  const loudness = loudnessOf(audio, format);
  assert.ok(loudness > QUIETEST_SPEECH, `"${text}" is silent: its RMS is ${loudness}`);
  const seconds = secondsOf(audio, format);
  const shortest = text.length / FASTEST_CHARACTERS_PER_SECOND;
  const longest = text.length / SLOWEST_CHARACTERS_PER_SECOND + PAUSES_S;
  assert.ok(seconds >= shortest && seconds <= longest, `"${text}" lasts ${seconds} s, not ${shortest} to ${longest} s`);
}

/**
 * Fails unless two recordings are the same text in the same voice. The voice breathes differently every time, so samples differ; how loud it is
 * from moment to moment does not.
 */
export function assertSameSpeech(audio, expected, format, what) {
  const [ours, theirs] = [secondsOf(audio, format), secondsOf(expected, format)];
  assert.ok(Math.abs(ours - theirs) <= theirs * LENGTH_TOLERANCE + JITTER_S, `${what} lasts ${ours} s, not ${theirs} s`);
  const likeness = correlationOf(envelopeOf(audio, format), envelopeOf(expected, format));
  assert.ok(likeness >= LEAST_LIKENESS, `${what} sounds different: the loudness correlates by ${likeness}`);
}

// Equal stretches of the whole rather than of time: small differences in tempo must not add up over a long text.
function envelopeOf(audio, format) {
  const { bytes } = DECODERS[format.encoding];
  const cut = (i) => Math.floor((audio.length / bytes / ENVELOPE_STRETCHES) * i) * bytes;
  return Array.from({ length: ENVELOPE_STRETCHES }, (_, i) => loudnessOf(audio.subarray(cut(i), cut(i + 1)), format));
}

function correlationOf(a, b) {
  const mean = (list) => list.reduce((sum, value) => sum + value, 0) / list.length;
  const [meanA, meanB] = [mean(a), mean(b)];
  const sum = (term) => a.reduce((total, _, i) => total + term(a[i] - meanA, b[i] - meanB), 0);
  return sum((x, y) => x * y) / Math.sqrt(sum((x) => x * x) * sum((_, y) => y * y));
}

/** Fails unless the timestamps tell the words of the text, in order, within the audio. */
export function assertTimestamps(frames, text, seconds) {
  const words = frames.flatMap((frame) => frame.word_timestamps.words);
  const starts = frames.flatMap((frame) => frame.word_timestamps.start);
  const ends = frames.flatMap((frame) => frame.word_timestamps.end);
  assert.deepEqual(words, text.trim().split(/\s+/));
  starts.forEach((start, i) => {
    assert.ok(start <= ends[i], `"${words[i]}" ends before it starts`);
    assert.ok(i === 0 || start >= starts[i - 1], `"${words[i]}" starts before the word before it`);
  });
  assert.ok(ends.at(-1) <= seconds + 0.05, `the last word ends at ${ends.at(-1)} of ${seconds} s`);
}
