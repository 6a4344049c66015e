import assert from 'node:assert/strict';
import { assertTimestamps, secondsOf } from './audio/samples.mjs';
import { audioOf, connectPlain, endOf, frameOf, scene, SERVICES } from './clients/scene.mjs';
import { LONG_TEXT, sendAll } from './clients/speech.mjs';
import { conversationOf } from './wire/tap.mjs';

// What well-known frameworks send, message for message; what they demand of the answers is demanded of every frame in these tests.

const VOICE = { mode: 'id', id: 'voice-1' };

scene('LiveKit: a sentence per message, unbuffered, closed with a space', async () => {
  const socket = await connectPlain({ version: '2025-04-16' });
  const format = { container: 'raw', encoding: 'pcm_s16le', sample_rate: 24000 };
  const base = {
    model_id: 'sonic-3', voice: VOICE, output_format: format, language: null, max_buffer_delay_ms: 0, add_timestamps: true, context_id: '8cc63172-894',
  };
  sendAll(
    socket,
    { ...base, transcript: 'First sentence here. ', continue: true },
    { ...base, transcript: 'And the second one. ', continue: true },
    { ...base, transcript: ' ', continue: false },
  );
  assert.equal((await endOf(socket, base.context_id)).type, 'done');
  const frames = conversationOf(socket).of(base.context_id);
  const times = frames.filter((frame) => frame.type === 'timestamps');
  assertTimestamps(times, 'First sentence here. And the second one.', secondsOf(audioOf(frames), format));
  assert.ok(!frames.some((frame) => frame.type === 'flush_done'));
});

scene('Pipecat: several turns on one socket, interrupted by a cancel', async () => {
  const socket = await connectPlain({ version: '2026-03-01', service: SERVICES.paced });
  const base = {
    model_id: 'sonic-3', voice: VOICE, output_format: { container: 'raw', encoding: 'pcm_s16le', sample_rate: 24000 }, language: 'en',
    add_timestamps: true, use_normalized_timestamps: false,
  };
  sendAll(socket, { ...base, transcript: LONG_TEXT, continue: true, context_id: 'turn-1' });
  await frameOf(socket, (frame) => frame.type === 'chunk');
  sendAll(
    socket,
    { context_id: 'turn-1', cancel: true },
    { ...base, transcript: 'You cut in. ', continue: true, context_id: 'turn-2' },
    { ...base, transcript: '', continue: false, context_id: 'turn-2' },
  );
  assert.equal((await endOf(socket, 'turn-2')).type, 'done');
  assert.ok(!conversationOf(socket).of('turn-1').some((frame) => frame.done));
});

scene('TEN: no encoding, parameters of its own, closed with nothing', async () => {
  const socket = await connectPlain({ version: '2025-04-16' });
  const base = { model_id: 'sonic-3', voice: VOICE, output_format: { container: 'raw', sample_rate: 44100 }, context_id: 'request-1', sample_rate: 44100, dump: false };
  sendAll(socket, { ...base, transcript: 'Ten words or so.', continue: true }, { ...base, transcript: '', continue: false });
  assert.equal((await endOf(socket, 'request-1')).type, 'done');
  const seconds = secondsOf(audioOf(conversationOf(socket).of('request-1')), { encoding: 'pcm_s16le', sample_rate: 44100 });
  assert.ok(seconds > 0.5 && seconds < 3, `${seconds} s`);
});

const BYTES = { pcm_f32le: 4, pcm_s16le: 2, pcm_mulaw: 1, pcm_alaw: 1 };

scene('every encoding and sample rate lasts equally long', async () => {
  const socket = await connectPlain({ service: SERVICES.paced });
  const formats = Object.keys(BYTES).flatMap((encoding) => [8000, 16000, 22050, 24000, 44100, 48000].map((sample_rate) => ({ container: 'raw', encoding, sample_rate })));
  const idOf = (format) => `${format.encoding}-${format.sample_rate}`;
  sendAll(socket, ...formats.map((format) => ({ context_id: idOf(format), model_id: 'sonic-3', voice: 'v', output_format: format, transcript: 'As long as any other.' })));
  const seconds = [];
  for (const format of formats) {
    assert.equal((await endOf(socket, idOf(format))).type, 'done');
    seconds.push(audioOf(conversationOf(socket).of(idOf(format))).length / BYTES[format.encoding] / format.sample_rate);
  }

  assert.ok(Math.min(...seconds) > 0.5);
  assert.ok(Math.max(...seconds) - Math.min(...seconds) < 0.01, `${Math.min(...seconds)} to ${Math.max(...seconds)} s`);
});
