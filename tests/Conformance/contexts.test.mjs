import assert from 'node:assert/strict';
import { assertTimestamps, secondsOf } from './audio/samples.mjs';
import { audioOf, collect, connect, connectPlain, endOf, frameOf, scene, sceneForEachSdk, SERVICES } from './clients/scene.mjs';
import { FORMAT, request, sendAll, SPEECH } from './clients/speech.mjs';
import { conversationOf } from './wire/tap.mjs';

const count = (events, type) => events.filter((event) => event.type === type).length;

sceneForEachSdk('ctx.generate says one text and ends: without continue it is the last', async (sdk) => {
  const ws = await connect(sdk, SERVICES.paced);
  const ctx = ws.context(SPEECH);
  const events = await collect(ctx.generate({ transcript: 'A single shot' }));
  assert.ok(!('continue' in conversationOf(ws).sent[0]));
  assert.equal(events.at(-1).type, 'done');
  assert.ok(audioOf(events).equals(await alone(ws, 'A single shot')));
});

sceneForEachSdk('ws.generate says one text under an id it makes up', async (sdk) => {
  const ws = await connect(sdk, SERVICES.paced);
  const events = await collect(ws.generate({ ...SPEECH, transcript: 'Another single shot.' }));
  assert.equal(events.at(-1).type, 'done');
  assert.ok(audioOf(events).equals(await alone(ws, 'Another single shot.')));
});

sceneForEachSdk('push with flush sends two messages and gets one flush_done', async (sdk) => {
  const ws = await connect(sdk);
  const ctx = ws.context({ ...SPEECH, add_timestamps: true });
  await ctx.push({ transcript: 'First part. ', flush: true });
  await ctx.push({ transcript: 'Second part. ', flush: true });
  await ctx.push({ transcript: 'Third part.' });
  await ctx.no_more_inputs();
  const events = await collect(ctx.receive());
  assert.equal(conversationOf(ws).sent.length, 6);
  assert.deepEqual(events.filter((event) => event.type === 'flush_done').map((event) => event.flush_id), [1, 2]);
  assert.deepEqual([...new Set(events.filter((event) => event.type === 'chunk').map((event) => event.flush_id))], [1, 2, 3]);
  assertTimestamps(events.filter((event) => event.type === 'timestamps'), 'First part. Second part. Third part.', secondsOf(audioOf(events), FORMAT));
});

scene('a flush in the same message as its text, with nothing to flush, and at the end: one flush_done each', async () => {
  const socket = await connectPlain();
  sendAll(
    socket,
    request('c', '', { continue: true, flush: true }),
    request('c', 'Some words. ', { continue: true, flush: true }),
    request('c', '', { continue: true, flush: true }),
    request('c', 'More words.', { continue: false, flush: true }),
  );
  await endOf(socket, 'c');
  const frames = conversationOf(socket).of('c');
  assert.equal(count(frames, 'flush_done'), 4);
  assert.deepEqual([...new Set(frames.filter((frame) => frame.type === 'chunk').map((frame) => frame.flush_id))], [2, 4]);
  assert.equal(frames.at(-1).type, 'done');
});

sceneForEachSdk('parts are joined as they are, inside words too', async (sdk) => {
  const ws = await connect(sdk, SERVICES.paced);
  const ctx = ws.context({ ...SPEECH, add_timestamps: true });
  for (const part of ['Thun', 'derstorms are ra', 're', ' in win', 'ter.']) {
    await ctx.push({ transcript: part });
  }

  await ctx.no_more_inputs();
  const events = await collect(ctx.receive());
  assertTimestamps(events.filter((event) => event.type === 'timestamps'), 'Thunderstorms are rare in winter.', secondsOf(audioOf(events), FORMAT));
  assert.ok(audioOf(events).equals(await alone(ws, 'Thunderstorms are rare in winter.')));
});

sceneForEachSdk('without buffering each part is said at once, and timestamps go on from part to part', async (sdk) => {
  const ws = await connect(sdk);
  const ctx = ws.context({ ...SPEECH, add_timestamps: true, add_phoneme_timestamps: true, max_buffer_delay_ms: 0 });
  await ctx.push({ transcript: 'One two three ' });
  await ctx.push({ transcript: 'four five six. ' });
  await ctx.no_more_inputs();
  const events = await collect(ctx.receive());
  const seconds = secondsOf(audioOf(events), FORMAT);
  assertTimestamps(events.filter((event) => event.type === 'timestamps'), 'One two three four five six.', seconds);
  assert.ok(count(events, 'phoneme_timestamps') > 0);
  assert.equal(count(events, 'flush_done'), 0);
});

sceneForEachSdk('an id can be used again once its context is done', async (sdk) => {
  const ws = await connect(sdk, SERVICES.paced);
  const said = [];
  for (const transcript of ['The first time.', 'The second time, which is longer.']) {
    const ctx = ws.context({ ...SPEECH, contextId: 'turn', add_timestamps: true });
    await ctx.push({ transcript, flush: true });
    await ctx.no_more_inputs();
    said.push(await collect(ctx.receive()));
  }

  const [first, second] = said;
  assert.equal(second.find((event) => event.type === 'flush_done').flush_id, 1);
  assertTimestamps(second.filter((event) => event.type === 'timestamps'), 'The second time, which is longer.', secondsOf(audioOf(second), FORMAT));
  assert.ok(audioOf(first).equals(await alone(ws, 'The first time.')));
  assert.ok(audioOf(second).equals(await alone(ws, 'The second time, which is longer.')));
});

scene('text for a context that is closed, without the settings to open a new one, is an error', async () => {
  const socket = await connectPlain();
  sendAll(socket, request('c', 'Closed after this.'));
  await endOf(socket, 'c');
  sendAll(socket, { context_id: 'c', transcript: 'Too late.', continue: true });
  await new Promise((resolve) => socket.once('message', resolve));
  const error = conversationOf(socket).frames.at(-1);
  assert.deepEqual([error.type, error.context_id, error.status_code, error.error_code], ['error', 'c', 400, 'context_closed']);
});

sceneForEachSdk('a context that gets no more text is done by itself', async (sdk) => {
  const ws = await connect(sdk, SERVICES.paced);
  const ctx = ws.context(SPEECH);
  await ctx.push({ transcript: 'And then nothing more came.' });
  await ctx.flush();
  assert.equal((await collect(ctx.receive())).at(-1).type, 'done');
});

sceneForEachSdk('a changed generation_config holds from its text on', async (sdk) => {
  const ws = await connect(sdk);
  const ctx = ws.context(SPEECH);
  const text = 'Exactly the same sentence twice over. ';
  await ctx.push({ transcript: text, generation_config: { speed: 1.5 }, flush: true });
  await ctx.push({ transcript: text, generation_config: { speed: 0.6 } });
  await ctx.no_more_inputs();
  const events = await collect(ctx.receive());
  const [quick, slow] = [1, 2].map((id) => audioOf(events.filter((event) => event.flush_id === id)).length);
  assert.ok(slow > quick * 1.5, `${slow} bytes are not much more than ${quick}`);
});

scene('the last, empty message may name another voice, model and format', async () => {
  const socket = await connectPlain();
  sendAll(socket, request('c', 'In sixteen bits. ', { continue: true }));
  sendAll(socket, {
    context_id: 'c', transcript: '', continue: false, flush: null, model_id: 'sonic-latest', voice: 'another',
    output_format: { container: 'raw', encoding: 'pcm_f32le', sample_rate: 44100 },
  });
  assert.equal((await endOf(socket, 'c')).type, 'done');
  assert.ok(secondsOf(audioOf(conversationOf(socket).of('c')), FORMAT) < 3);
});

scene('a request without an id gets one, the same in all its frames', async () => {
  const socket = await connectPlain();
  sendAll(socket, { ...SPEECH, transcript: 'Whose is this?' });
  const { context_id: id } = await frameOf(socket, (frame) => frame.done);
  assert.ok(conversationOf(socket).frames.every((frame) => frame.context_id === id));
});

async function alone(ws, transcript) {
  const ctx = ws.context(SPEECH);
  await ctx.push({ transcript });
  await ctx.no_more_inputs();
  return audioOf(await collect(ctx.receive()));
}
