import assert from 'node:assert/strict';
import { once } from 'node:events';
import { connectPlain, endOf, frameOf, roundTrip, scene, SERVICES } from './clients/scene.mjs';
import { LONG_TEXT, request, sendAll, SPEECH } from './clients/speech.mjs';
import { conversationOf } from './wire/tap.mjs';

const MIB = 1024 * 1024;

const errorOf = (socket) => frameOf(socket, (frame) => frame.type === 'error');

scene('a message in many fragments is one message', async () => {
  const socket = await connectPlain();
  const message = JSON.stringify(request('c', 'In pieces, with an ü cut in two.'));
  conversationOf(socket).onSent(message);
  const bytes = Buffer.from(message);
  for (let at = 0; at < bytes.length; at += 7) {
    socket.send(bytes.subarray(at, at + 7), { binary: false, fin: at + 7 >= bytes.length });
  }

  assert.equal((await endOf(socket, 'c')).type, 'done');
});

scene('order of members, white space, nulls and unknown members do not matter', async () => {
  const socket = await connectPlain();
  const message = {
    unknown: { nested: [1, { deep: true }] }, flush: null, continue: null, language: null, add_timestamps: null, max_buffer_delay_ms: null,
    output_format: { sample_rate: 16000, encoding: 'pcm_s16le', container: 'raw', bit_rate: null }, voice: { __experimental_controls: { speed: 'slow' }, id: 'v' },
    transcript: 'In any order.', model_id: 'sonic-2', duration: null, context_id: 'c',
  };
  const text = `\r\n\t${JSON.stringify(message, null, 4)}\n`;
  conversationOf(socket).onSent(text);
  socket.send(text);
  assert.equal((await endOf(socket, 'c')).type, 'done');
});

for (const [name, voice] of [['a string', 'v'], ['an object', { id: 'v' }], ['an object with a mode', { mode: 'id', id: 'v' }]]) {
  for (const version of ['2024-06-10', '2025-04-16', '2026-03-01', '2026-08-14', '2031-01-01', 'latest']) {
    scene(`a voice may be ${name} in version ${version}`, async () => {
      const socket = await connectPlain({ version });
      sendAll(socket, request('c', 'Any form will do.', { voice }));
      assert.equal((await endOf(socket, 'c')).type, 'done');
    });
  }
}

scene('a context id of printable ASCII comes back as it was', async () => {
  const socket = await connectPlain();
  for (const id of ['violet-zoos-divide', '8cc63172-894', 'quote"mark', 'with space', '{a:1}', 'x'.repeat(256)]) {
    sendAll(socket, request(id, 'Yes.'));
    assert.equal((await endOf(socket, id)).type, 'done', id);
  }
});

scene('a context id that breaks the rule is an error with that id, and the socket goes on', async () => {
  const socket = await connectPlain();
  for (const id of ['../../etc', '..', 'back\\slash', 'per%2fcent', 'снег ❄ 雪', ' ', 'line\nbreak', 'x'.repeat(257)]) {
    sendAll(socket, request(id, 'No.'));
    const error = await endOf(socket, id);
    assert.deepEqual([error.type, error.status_code], ['error', 400], id);
    assert.match(error.message, /context_id/);
  }
  sendAll(socket, request('next', 'Yes.'));
  assert.equal((await endOf(socket, 'next')).type, 'done');
});

scene('a message of more than 1 MiB is an error of its context, and the socket goes on', async () => {
  const socket = await connectPlain();
  sendAll(socket, request('big', 'x'.repeat(MIB)));
  const error = await errorOf(socket);
  assert.deepEqual([error.context_id, error.status_code, error.error_code], ['big', 400, 'message_too_long']);
  sendAll(socket, request('next', 'Shorter.'));
  assert.equal((await endOf(socket, 'next')).type, 'done');
});

scene('a message of just under 1 MiB is read', async () => {
  const socket = await connectPlain();
  const message = request('c', 'A little text in a large message.');
  sendAll(socket, { padding: 'x'.repeat(MIB - JSON.stringify(message).length - 100), ...message });
  assert.equal((await endOf(socket, 'c')).type, 'done');
});

scene('a transcript of more than 10,000 characters is an error of its context', async () => {
  const socket = await connectPlain();
  sendAll(socket, request('c', 'word '.repeat(2001)));
  const error = await errorOf(socket);
  assert.deepEqual([error.context_id, error.status_code, error.error_code], ['c', 400, 'transcript_too_long']);
  await roundTrip(socket);
});

const NO_MESSAGES = {
  'a binary frame': (socket) => socket.send(Buffer.from(JSON.stringify(request('b', 'Bytes.')))),
  'no JSON': (socket) => socket.send('hello'),
  'an array': (socket) => socket.send('[]'),
  'two objects': (socket) => socket.send('{} {}'),
  'an empty message': (socket) => socket.send(''),
  'an empty object': (socket) => socket.send('{}'),
  'JSON nested a thousand deep': (socket) => socket.send(`{"a":${'['.repeat(1000)}${']'.repeat(1000)}}`),
};

for (const [name, send] of Object.entries(NO_MESSAGES)) {
  scene(`${name} is answered with an error event, never with a close`, async () => {
    const socket = await connectPlain();
    send(socket);
    const error = await errorOf(socket);
    assert.equal(error.status_code, 400);
    sendAll(socket, request('next', 'Still here.'));
    assert.equal((await endOf(socket, 'next')).type, 'done');
  });
}

scene('pings are answered while speech is made and written', async () => {
  const socket = await connectPlain({ service: SERVICES.paced });
  sendAll(socket, request('c', LONG_TEXT));
  await frameOf(socket, (frame) => frame.type === 'chunk');
  for (let i = 0; i < 20; i++) {
    const pong = once(socket, 'pong');
    socket.ping(`number ${i}`);
    assert.equal((await pong)[0].toString(), `number ${i}`);
  }

  assert.ok(!conversationOf(socket).of('c').some((frame) => frame.done), 'the answers waited for the end of the speech');
});

scene('a close is answered with the same code', async () => {
  const socket = await connectPlain();
  const closed = once(socket, 'close');
  socket.close(1000, 'OK');
  assert.equal((await closed)[0], 1000);
});

scene('an idle socket is closed as Cartesia does it, and never in the midst of speech', async () => {
  const socket = await connectPlain({ service: SERVICES.paced });
  const closed = once(socket, 'close');
  sendAll(socket, request('c', LONG_TEXT.slice(0, 400)));
  assert.equal((await endOf(socket, 'c')).type, 'done');
  const [code, reason] = await closed;
  assert.deepEqual([code, reason.toString()], [1000, 'connection idle timeout']);
});

scene('a client that leaves in the midst of speech takes nobody with it', async () => {
  const [leaving, staying] = await Promise.all([1, 2].map(() => connectPlain({ service: SERVICES.paced })));
  sendAll(leaving, request('c', LONG_TEXT));
  sendAll(staying, request('c', 'The one who stays hears it all.', SPEECH));
  await frameOf(leaving, (frame) => frame.type === 'chunk');
  leaving.terminate();
  assert.equal((await endOf(staying, 'c')).type, 'done');
});
