import assert from 'node:assert/strict';
import { audioOf, collect, connect, connectPlain, endOf, frameOf, roundTrip, scene, sceneForEachSdk, SERVICES } from './clients/scene.mjs';
import { LONG_TEXT, request, sendAll, SPEECH } from './clients/speech.mjs';
import { conversationOf } from './wire/tap.mjs';

const chunkOf = (contextId) => (frame) => frame.type === 'chunk' && frame.context_id === contextId;

sceneForEachSdk('after a cancel nothing more comes for the context, and its receive ends', async (sdk) => {
  const ws = await connect(sdk, SERVICES.paced);
  const ctx = ws.context({ ...SPEECH, add_timestamps: true });
  await ctx.push({ transcript: LONG_TEXT });
  const receiving = collect(ctx.receive());
  await frameOf(ws, chunkOf(ctx.contextId));
  await ctx.cancel();
  const events = await receiving;
  await assertSilentFromNow(ws, ctx.contextId);
  assert.ok(!events.some((event) => event.done), 'a cancelled context must not end for its reader as if it were complete');
  assert.ok(!conversationOf(ws).of(ctx.contextId).some((frame) => frame.done), 'a cancel is not answered');
  assert.deepEqual(ws.errors, []);
});

sceneForEachSdk('a cancel leaves the other contexts as they are', async (sdk) => {
  const text = 'This one goes on to its end while the other two are cut off.';
  const ws = await connect(sdk, SERVICES.paced);
  const [cut, kept, dropped] = [1, 2, 3].map(() => ws.context(SPEECH));
  await cut.push({ transcript: LONG_TEXT });
  await dropped.push({ transcript: LONG_TEXT });
  await kept.push({ transcript: text });
  await kept.no_more_inputs();
  const receiving = collect(kept.receive());
  await Promise.all([cut, dropped].map((ctx) => frameOf(ws, chunkOf(ctx.contextId))));
  await Promise.all([cut.cancel(), dropped.cancel()]);
  const audio = audioOf(await receiving);

  const alone = ws.context(SPEECH);
  await alone.push({ transcript: text });
  await alone.no_more_inputs();
  assert.ok(audio.equals(audioOf(await collect(alone.receive()))), 'the kept context lost or gained audio');
  await assertSilentFromNow(ws, cut.contextId);
  await assertSilentFromNow(ws, dropped.contextId);
});

sceneForEachSdk('what is pushed right after a cancel stays unspoken and unanswered', async (sdk) => {
  const ws = await connect(sdk, SERVICES.paced);
  const ctx = ws.context(SPEECH);
  await ctx.push({ transcript: LONG_TEXT });
  await frameOf(ws, chunkOf(ctx.contextId));
  await ctx.cancel();
  await ctx.push({ transcript: 'This was under way already.' });
  await ctx.no_more_inputs();
  await assertSilentFromNow(ws, ctx.contextId);
  assert.deepEqual(ws.errors, []);
});

sceneForEachSdk('a barge-in: the next context opens on the same socket at once', async (sdk) => {
  const ws = await connect(sdk, SERVICES.paced);
  const first = ws.context(SPEECH);
  await first.push({ transcript: LONG_TEXT });
  await frameOf(ws, chunkOf(first.contextId));
  await first.cancel();
  const next = ws.context(SPEECH);
  await next.push({ transcript: 'Of course, I understand.' });
  await next.no_more_inputs();
  const events = await collect(next.receive());
  assert.equal(events.at(-1).type, 'done');
  assert.ok(audioOf(events).length > 0);
});

sceneForEachSdk('a cancel frees the slot at once', async (sdk) => {
  const ws = await sdk.createClient(SERVICES.paced.https, 'small').tts.websocket();
  const errors = [];
  ws.on('error', (error) => errors.push(error));
  const contexts = [1, 2].map(() => ws.context(SPEECH));
  for (const ctx of contexts) {
    await ctx.push({ transcript: LONG_TEXT });
    await frameOf(ws, chunkOf(ctx.contextId));
  }

  const refused = ws.context(SPEECH);
  await refused.push({ transcript: 'One too many.' });
  await assert.rejects(collect(refused.receive()), sdk.CartesiaError);
  const error = await endOf(ws, refused.contextId);
  assert.deepEqual([error.status_code, error.error_code], [429, 'concurrency_limited']);

  await contexts[0].cancel();
  const accepted = ws.context(SPEECH);
  await accepted.push({ transcript: 'There is room now.' });
  await accepted.no_more_inputs();
  assert.equal((await collect(accepted.receive())).at(-1).type, 'done');
  await contexts[1].cancel();
  assert.equal(errors.length, 1);
});

scene('a cancel before any audio, a cancel written over several lines, and a cancel with null members are all obeyed', async () => {
  const socket = await connectPlain({ service: SERVICES.paced });
  sendAll(socket, request('early', LONG_TEXT, { continue: true }), { cancel: true, context_id: 'early' });
  sendAll(socket, request('lines', LONG_TEXT, { continue: true }));
  await frameOf(socket, chunkOf('lines'));
  socket.send(JSON.stringify({ context_id: 'lines', cancel: true }, null, 2));
  sendAll(socket, request('nulls', LONG_TEXT, { continue: true }));
  await frameOf(socket, chunkOf('nulls'));
  sendAll(socket, { cancel: true, context_id: 'nulls', transcript: null, model_id: null });
  for (const id of ['early', 'lines', 'nulls']) {
    await assertSilentFromNow(socket, id);
  }
});

scene('a cancel of a context that is unknown, finished or cancelled is ignored', async () => {
  const socket = await connectPlain();
  sendAll(socket, { cancel: true, context_id: 'never-opened' }, request('over', 'Said and done.'));
  await endOf(socket, 'over');
  sendAll(socket, { cancel: true, context_id: 'over' }, { cancel: true, context_id: 'over' });
  sendAll(socket, request('next', 'Nothing happened.'));
  assert.equal((await endOf(socket, 'next')).type, 'done');
  assert.equal(conversationOf(socket).of('never-opened').length, 0);
});

/** The server has read the cancel when it answers a ping sent after it; from then on no frame may come, whatever else is spoken. */
async function assertSilentFromNow(ws, contextId) {
  await roundTrip(ws);
  conversationOf(ws).fence(contextId);
  const id = `after-${contextId}`;
  (ws.socket ?? ws).send(JSON.stringify(request(id, 'Somebody else speaks for a while, and all of it arrives.')));
  assert.equal((await endOf(ws, id)).type, 'done');
}
