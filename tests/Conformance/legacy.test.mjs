import assert from 'node:assert/strict';
import { createRequire } from 'node:module';
import { assertSpeech, assertTimestamps, secondsOf } from './audio/samples.mjs';
import { audioOf, connectPlain, endOf, scene, SERVICES } from './clients/scene.mjs';
import { request, sendAll } from './clients/speech.mjs';
import { conversationOf, sockets } from './wire/tap.mjs';

const { CartesiaClient } = createRequire(import.meta.url)('cartesia-2');
const VERSION = '2024-06-10';
const FORMAT = { container: 'raw', encoding: 'pcm_f32le', sample_rate: 44100 };

scene('js 2.2.9: connects with the key in the query and says a single shot', async () => {
  const { websocket } = await connectLegacy();
  const text = 'Spoken by the oldest client.';
  const response = await websocket.send({ modelId: 'sonic-2', voice: { mode: 'id', id: 'v' }, transcript: text, language: 'en', addTimestamps: true });
  const frames = await framesOf(response);
  const [socket] = sockets();
  const url = new URL(socket.url);
  assert.equal(url.searchParams.get('api_key'), 'demo');
  assert.equal(url.searchParams.get('cartesia_version'), VERSION);
  assert.ok(!('continue' in conversationOf(socket).sent[0]));
  const audio = audioOf(frames);
  assertSpeech(audio, FORMAT, text);
  assertTimestamps(frames.filter((frame) => frame.type === 'timestamps'), text, secondsOf(audio, FORMAT));
  assert.ok(frames.every((frame) => frame.flush_id === undefined), 'a flush_id where nothing was flushed');

  const heard = new Float32Array(audio.length / 4 + 1);
  assert.equal(await response.source.read(heard), audio.length / 4, 'its player did not get all the audio');
  websocket.disconnect();
});

scene('js 2.2.9: continues a context', async () => {
  const { websocket } = await connectLegacy();
  const voice = { mode: 'id', id: 'v' };
  const response = await websocket.send({ contextId: 'talk', modelId: 'sonic-2', voice, transcript: 'The road goes ', continue: true });
  const frames = framesOf(response);
  await websocket.continue({ contextId: 'talk', modelId: 'sonic-2', voice, transcript: 'ever on and on.', continue: false });
  assertSpeech(audioOf(await frames), FORMAT, 'The road goes ever on and on.');
  websocket.disconnect();
});

scene('js 2.2.9: an error ends its source', async () => {
  const { websocket } = await connectLegacy();
  const response = await websocket.send({ modelId: 'bass-1', voice: { mode: 'id', id: 'v' }, transcript: 'Nobody can say this.' });
  const frames = await framesOf(response);
  assert.equal(frames.at(-1).type, 'error');
  assert.match(frames.at(-1).error, /^Invalid model: /);
  assert.equal(await response.source.read(new Float32Array(16)), 0);
  websocket.disconnect();
});

scene(`in version ${VERSION} flushes are numbered from 0, and not at all before the first`, async () => {
  const socket = await connectPlain({ version: VERSION });
  sendAll(socket, request('c', 'One part. ', { continue: true }), request('c', '', { continue: true, flush: true }), request('c', 'The other.'));
  await endOf(socket, 'c');
  const frames = conversationOf(socket).of('c');
  const flushed = frames.findIndex((frame) => frame.type === 'flush_done');
  assert.equal(frames[flushed].flush_id, 0);
  assert.deepEqual([...new Set(frames.slice(0, flushed).map((frame) => frame.flush_id))], [undefined]);
  assert.deepEqual([...new Set(frames.slice(flushed + 1, -1).map((frame) => frame.flush_id))], [1]);
});

async function connectLegacy() {
  const client = new CartesiaClient({ apiKey: 'demo', environment: SERVICES.fast.https });
  const websocket = client.tts.websocket({ sampleRate: FORMAT.sample_rate, container: FORMAT.container, encoding: FORMAT.encoding });
  await websocket.connect();
  return { client, websocket };
}

function framesOf(response) {
  return new Promise((resolve) => {
    const frames = [];
    response.on('message', (text) => {
      const frame = JSON.parse(text);
      frames.push(frame);
      if (frame.done) {
        resolve(frames);
      }
    });
  });
}
