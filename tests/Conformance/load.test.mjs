import assert from 'node:assert/strict';
import { audioOf, connectPlain, endOf, frameOf, roundTrip, scene, SERVICES } from './clients/scene.mjs';
import { LONG_TEXT, request, sendAll } from './clients/speech.mjs';
import { conversationOf } from './wire/tap.mjs';

const MOST_CONTEXTS = 256;

scene('256 contexts speak at once on one socket, and one more is told that it is too many', async () => {
  const socket = await connectPlain({ service: SERVICES.paced });
  const ids = Array.from({ length: MOST_CONTEXTS }, (_, i) => `context-${i}`);
  sendAll(socket, ...ids.map((id) => request(id, 'One of many. ', { continue: true })));
  sendAll(socket, request('one-more', 'Too many.'));
  const error = await endOf(socket, 'one-more');
  assert.deepEqual([error.status_code, error.error_code], [429, 'concurrency_limited']);

  sendAll(socket, ...ids.map((id) => request(id, 'And that is it.', { continue: false })));
  const ends = await Promise.all(ids.map((id) => endOf(socket, id)));
  assert.ok(ends.every((end) => end.type === 'done'));
  const expected = audioOf(conversationOf(socket).of(ids[0]));
  assert.ok(expected.length > 0);
  ids.forEach((id) => assert.ok(audioOf(conversationOf(socket).of(id)).equals(expected), `${id} sounds different`));
});

scene('a short context is not kept waiting by a long one', async () => {
  const socket = await connectPlain();
  sendAll(socket, request('long', LONG_TEXT.repeat(2)), request('short', 'Quickly.'));
  await endOf(socket, 'short');
  assert.ok(!conversationOf(socket).of('long').some((frame) => frame.done), 'the short one came after the long one');
  assert.equal((await endOf(socket, 'long')).type, 'done');
});

scene('who reads slowly loses nothing and holds nobody up', async () => {
  const [slow, quick] = await Promise.all([connectPlain(), connectPlain()]);
  const text = LONG_TEXT.repeat(2);
  sendAll(slow, request('c', text));
  await frameOf(slow, (frame) => frame.type === 'chunk');
  slow.pause();
  sendAll(quick, request('c', text));
  assert.equal((await endOf(quick, 'c')).type, 'done');
  slow.resume();
  assert.equal((await endOf(slow, 'c')).type, 'done');
  const [heard, expected] = [slow, quick].map((socket) => audioOf(conversationOf(socket).of('c')).length);
  assert.ok(Math.abs(heard - expected) < expected * 0.02, `the slow reader got ${heard} bytes, the other ${expected}`);
});

scene('a cancel is obeyed while its client is not reading', async () => {
  const socket = await connectPlain();
  sendAll(socket, request('c', LONG_TEXT.repeat(2), { continue: true }));
  await frameOf(socket, (frame) => frame.type === 'chunk');
  socket.pause();
  sendAll(socket, { cancel: true, context_id: 'c' });
  const answered = roundTrip(socket);
  socket.resume();
  await answered;
  conversationOf(socket).fence('c');
  sendAll(socket, request('next', 'Only this is heard.'));
  assert.equal((await endOf(socket, 'next')).type, 'done');
});

scene('a tenant at its limit can use the slot of a context that is done at once', async () => {
  const socket = await connectPlain({ service: SERVICES.paced, key: 'small' });
  sendAll(socket, request('held', LONG_TEXT, { continue: true }));
  await frameOf(socket, (frame) => frame.type === 'chunk');
  for (let i = 0; i < 10; i++) {
    sendAll(socket, request(`turn-${i}`, 'Yes.'));
    assert.equal((await endOf(socket, `turn-${i}`)).type, 'done');
  }
});
