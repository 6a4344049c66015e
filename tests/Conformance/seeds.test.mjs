import assert from 'node:assert/strict';
import { createWriteStream } from 'node:fs';
import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { finished } from 'node:stream/promises';
import { archivedContext } from './archive/contexts.mjs';
import { assertSameSpeech, assertSpeech, assertTimestamps, secondsOf } from './audio/samples.mjs';
import { audioOf, collect, connect, sceneForEachSdk, SERVICES, temporaryDirectory } from './clients/scene.mjs';
import { conversationOf } from './wire/tap.mjs';

const VOICE = { mode: 'id', id: '6ccbfb76-1fc6-48f7-b71d-91ac6298247b' };
const FORMAT = { container: 'raw', encoding: 'pcm_f32le', sample_rate: 44100 };
const SPEECH = { model_id: 'sonic-latest', voice: VOICE, output_format: FORMAT };

// How regular the turns are has a test of its own.
const LEAST_SWITCHES = 10;

const WAVE_FORMAT_FLOAT = 3;

sceneForEachSdk('response handling with timestamps', async (sdk, t) => {
  const ws = await connect(sdk);
  const path = join(await temporaryDirectory(t), 'speech.pcm');
  const file = createWriteStream(path);
  const ctx = ws.context({ ...SPEECH, language: 'en', add_timestamps: true });
  await ctx.push({ transcript: 'Hello, world!' });
  await ctx.no_more_inputs();

  const events = [];
  for await (const event of ctx.receive()) {
    events.push(event);
    if (event.type === 'chunk' && event.audio) {
      file.write(event.audio);
    }
  }

  file.end();
  await finished(file);
  ws.close();
  const audio = await readFile(path);
  assertSpeech(audio, FORMAT, 'Hello, world!');
  assertTimestamps(events.filter((event) => event.type === 'timestamps'), 'Hello, world!', secondsOf(audio, FORMAT));
  assert.equal(events.at(-1).type, 'done');
  assert.deepEqual(ws.errors, []);
  await assertArchived(ws, ctx, 'Hello, world!', [audio]);
});

sceneForEachSdk('continuations', async (sdk) => {
  const ws = await connect(sdk);
  const ctx = ws.context({ ...SPEECH, model_id: 'sonic-3.5' });
  for (const part of ['The road ', 'goes ever ', 'on and ', 'on.']) {
    await ctx.push({ transcript: part });
  }

  await ctx.no_more_inputs();
  const audio = audioOf(await collect(ctx.receive()));
  const whole = await speak(ws, 'The road goes ever on and on.');
  ws.close();
  assertSpeech(audio, FORMAT, 'The road goes ever on and on.');
  assertSameSpeech(audio, whole, FORMAT, 'the text in parts');
  await assertArchived(ws, ctx, 'The road goes ever on and on.', [audio]);
});

sceneForEachSdk('flushing into one file for each flush id', async (sdk, t) => {
  const ws = await connect(sdk);
  const directory = await temporaryDirectory(t);
  const ctx = ws.context({ ...SPEECH, language: 'en' });
  await ctx.push({ transcript: 'Stay hungry, ' });
  await ctx.flush();
  await ctx.push({ transcript: 'stay foolish.' });
  await ctx.no_more_inputs();

  const files = new Map();
  let flushes = 0;
  for await (const event of ctx.receive()) {
    if (event.type === 'chunk' && event.audio) {
      const id = event.flush_id ?? 0;
      if (!files.has(id)) {
        files.set(id, createWriteStream(join(directory, `${id}.pcm`)));
      }

      files.get(id).write(event.audio);
    } else if (event.type === 'flush_done') {
      flushes++;
    }
  }

  for (const file of files.values()) {
    file.end();
    await finished(file);
  }

  assert.equal(flushes, 1);
  assert.deepEqual([...files.keys()], [1, 2]);
  const first = await readFile(join(directory, '1.pcm'));
  const second = await readFile(join(directory, '2.pcm'));
  assertSpeech(first, FORMAT, 'Stay hungry, ');
  assertSpeech(second, FORMAT, 'stay foolish.');
  assertSameSpeech(first, await speak(ws, 'Stay hungry, '), FORMAT, 'the first file');
  assertSameSpeech(second, await speak(ws, 'stay foolish.'), FORMAT, 'the second file');
  ws.close();
  await assertArchived(ws, ctx, 'Stay hungry, stay foolish.', [first, second]);
});

sceneForEachSdk('two contexts received at the same time', async (sdk) => {
  const texts = [
    'Context one is speaking now. This is a longer transcript to ensure that audio chunks from both contexts are interleaved on the wire. '
      + 'The quick brown fox jumps over the lazy dog.',
    'Context two has a different message. We want to verify that the routing logic correctly separates the audio streams. '
      + 'Pack my box with five dozen liquor jugs.',
  ];
  const ws = await connect(sdk);
  const contexts = texts.map(() => ws.context({ ...SPEECH, language: 'en' }));
  for (const [i, ctx] of contexts.entries()) {
    await ctx.push({ transcript: texts[i] });
    await ctx.no_more_inputs();
  }

  const received = await Promise.all(contexts.map((ctx) => collect(ctx.receive())));
  const order = conversationOf(ws).frames.filter((frame) => frame.type === 'chunk').map((frame) => frame.context_id);
  const switches = order.filter((id, i) => i > 0 && id !== order[i - 1]).length;
  assert.ok(switches >= LEAST_SWITCHES, `the contexts changed only ${switches} times in ${order.length} chunks`);
  for (const [i, ctx] of contexts.entries()) {
    const audio = audioOf(received[i]);
    assert.ok(received[i].every((event) => event.context_id === ctx.contextId), 'an event went to the wrong context');
    assertSpeech(audio, FORMAT, texts[i]);
    assertSameSpeech(audio, await speak(ws, texts[i]), FORMAT, `context ${i + 1} beside the other`);
    await assertArchived(ws, ctx, texts[i], [audio]);
  }

  ws.close();
});

async function speak(ws, transcript) {
  const ctx = ws.context({ ...SPEECH, language: 'en' });
  await ctx.push({ transcript });
  await ctx.no_more_inputs();
  return audioOf(await collect(ctx.receive()));
}

async function assertArchived(ws, ctx, text, audios) {
  const { manifest, segments } = await archivedContext(SERVICES.fast, conversationOf(ws).session, ctx.contextId);
  assert.equal(manifest.context_id, ctx.contextId);
  assert.equal(manifest.text, text);
  assert.deepEqual([...segments.keys()].sort(), audios.map((_, i) => i + 1));
  audios.forEach((audio, i) => {
    const { audio: archived, ...form } = segments.get(i + 1);
    assert.deepEqual(form, { format: WAVE_FORMAT_FLOAT, channels: 1, sampleRate: FORMAT.sample_rate, bits: 32 });
    assert.ok(archived.equals(audio), `the archived segment ${i + 1} is not what the client heard`);
  });
}
