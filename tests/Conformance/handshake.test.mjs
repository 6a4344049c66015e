import assert from 'node:assert/strict';
import { once } from 'node:events';
import { createRequire } from 'node:module';
import { connectPlain, endOf, roundTrip, scene, SERVICES } from './clients/scene.mjs';
import { request, sendAll } from './clients/speech.mjs';
import { conversationOf } from './wire/tap.mjs';

const { WebSocket } = createRequire(import.meta.url)('ws');
const UUID = /^[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}$/;

const urlOf = (query = '', path = '/tts/websocket') => `${SERVICES.fast.https.replace('https:', 'wss:')}${path}${query}`;

const CREDENTIALS = {
  'Authorization: Bearer': ['', { Authorization: 'Bearer demo' }],
  'authorization: bearer in lower case': ['', { authorization: 'bearer demo' }],
  'X-API-Key': ['', { 'X-API-Key': 'demo' }],
  'x-api-key': ['', { 'x-api-key': 'demo' }],
  api_key: ['?api_key=demo&cartesia_version=2024-06-10', {}],
  'api_key beside unknown parameters': ['?cartesia_client=cartesia-js%2F4.2.0&utm=x&api_key=demo', {}],
};

for (const [name, [query, headers]] of Object.entries(CREDENTIALS)) {
  scene(`a key is accepted as ${name}`, async () => {
    const socket = new WebSocket(urlOf(query), { headers });
    await once(socket, 'open');
    sendAll(socket, request('c', 'Come in.'));
    assert.equal((await endOf(socket, 'c')).type, 'done');
  });
}

scene('every socket has a request id and a session id, no subprotocol and no compression', async () => {
  const socket = await connectPlain({ options: { perMessageDeflate: true } });
  const { headers, session } = conversationOf(socket);
  assert.match(headers['x-request-id'], UUID);
  assert.ok(session.length > 0);
  assert.equal(socket.extensions, '');
  assert.equal(socket.protocol, '');
});

scene('a path that ends in a slash is the same path', async () => {
  const socket = new WebSocket(urlOf('?api_key=demo', '/tts/websocket/'));
  await once(socket, 'open');
  await roundTrip(socket);
});

for (const [name, headers] of [['a wrong key', { 'X-API-Key': 'no-such-key' }], ['no key', {}], ['an empty key', { Authorization: 'Bearer ' }]]) {
  scene(`${name} is refused before the upgrade with 401`, async () => {
    const { status, answer, body } = await refusal(urlOf('?cartesia_version=2026-03-01'), headers);
    assert.equal(status, 401);
    assert.match(answer['content-type'], /^application\/json/);
    const error = JSON.parse(body);
    assert.equal(error.error_code, 'unauthorized');
    assert.ok(error.title.length > 0 && error.message.length > 0);
    assert.match(answer['x-request-id'], UUID);
    assert.equal(error.request_id, answer['x-request-id']);
  });
}

scene('older versions get their refusals as text', async () => {
  const { status, answer, body } = await refusal(urlOf('?cartesia_version=2025-04-16'), {});
  assert.equal(status, 401);
  assert.match(answer['content-type'], /^text\/plain/);
  assert.match(body, /^[^:]+: .+/);
});

scene('the version of the query wins over that of the header', async () => {
  const { answer } = await refusal(urlOf('?cartesia_version=2025-04-16'), { 'Cartesia-Version': '2026-03-01' });
  assert.match(answer['content-type'], /^text\/plain/);
});

scene('another path is not found, and a plain GET of this one is told to upgrade', async () => {
  assert.equal((await refusal(urlOf('', '/tts/socket'), { 'X-API-Key': 'demo' })).status, 404);
  const plain = await fetch(`${SERVICES.fast.https}/tts/websocket`, { headers: { 'X-API-Key': 'demo' } });
  assert.equal(plain.status, 426);
  assert.equal((await plain.json()).error_code, 'upgrade_required');
});

async function refusal(url, headers) {
  const socket = new WebSocket(url, { headers });
  const [, response] = await once(socket, 'unexpected-response');
  const connection = response.socket;
  const parts = [];
  for await (const part of response) {
    parts.push(part);
  }

  connection.destroy();
  return { status: response.statusCode, answer: response.headers, body: Buffer.concat(parts).toString() };
}
