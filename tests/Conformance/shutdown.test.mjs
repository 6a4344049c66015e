import assert from 'node:assert/strict';
import { once } from 'node:events';
import { collect, connect, connectPlain, endOf, frameOf, scene, SERVICES } from './clients/scene.mjs';
import { SDKS } from './clients/sdks.mjs';
import { LONG_TEXT, request, sendAll, SPEECH } from './clients/speech.mjs';

// Still being spoken when the service is told to stop.
const TEXT = LONG_TEXT.repeat(8);

// One service, one stop: every client that must see it is in the same test.
scene('when the service stops, every context of every client ends, and then the sockets close', async () => {
  const readers = [];
  for (const sdk of SDKS) {
    const ws = await connect(sdk);
    for (let i = 0; i < 3; i++) {
      const ctx = ws.context(SPEECH);
      await ctx.push({ transcript: TEXT });
      readers.push({ sdk, ws, ctx, ended: collect(ctx.receive()).then(() => null, (error) => error), closed: once(ws.socket, 'close') });
    }
  }

  const plain = await connectPlain();
  const idle = await connectPlain();
  const [plainClosed, idleClosed] = [plain, idle].map((socket) => once(socket, 'close'));
  sendAll(plain, request('finishing', TEXT), request('open', TEXT, { continue: true }));
  const ends = Promise.all(['finishing', 'open'].map((id) => endOf(plain, id)));
  await Promise.all(readers.map(({ ws, ctx }) => frameOf(ws, (frame) => frame.type === 'chunk' && frame.context_id === ctx.contextId)));

  // What the service has not read when it stops is no context yet.
  await Promise.all(['finishing', 'open'].map((id) => frameOf(plain, (frame) => frame.type === 'chunk' && frame.context_id === id)));
  process.kill(SERVICES.fast.pid, 'SIGTERM');

  for (const { sdk, ws, ctx, ended, closed } of readers) {
    const error = await ended;
    assert.ok(error instanceof sdk.CartesiaError, `${sdk.name} did not learn of the end: ${error}`);
    const end = await endOf(ws, ctx.contextId);
    assert.deepEqual([end.type, end.status_code, end.error_code], ['error', 503, 'shutting_down']);
    assert.equal((await closed)[0], 1001);
  }

  (await ends).forEach((end) => assert.deepEqual([end.type, end.status_code], ['error', 503]));
  assert.equal((await plainClosed)[0], 1001);
  assert.equal((await idleClosed)[0], 1001);
});
