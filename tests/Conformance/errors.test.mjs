import assert from 'node:assert/strict';
import { collect, connect, connectPlain, endOf, frameOf, roundTrip, scene, sceneForEachSdk, SERVICES } from './clients/scene.mjs';
import { LONG_TEXT, request, sendAll, SPEECH } from './clients/speech.mjs';
import { conversationOf } from './wire/tap.mjs';

sceneForEachSdk('an error reaches the context it is about and ends only that one', async (sdk) => {
  const ws = await connect(sdk, SERVICES.paced);
  const healthy = ws.context(SPEECH);
  await healthy.push({ transcript: LONG_TEXT.slice(0, 200) });
  await healthy.no_more_inputs();
  const receiving = collect(healthy.receive());
  await frameOf(ws, (frame) => frame.type === 'chunk');

  const broken = ws.context({ ...SPEECH, model_id: 'bass-1' });
  await broken.push({ transcript: 'Nobody can say this.' });
  const seen = [];
  await assert.rejects(
    async () => {
      for await (const event of broken.receive()) {
        seen.push(event);
      }
    },
    (error) => error instanceof sdk.CartesiaError && /bass-1/.test(error.message),
  );
  assert.equal(seen.length, 1);
  assert.deepEqual([seen[0].type, seen[0].status_code, seen[0].error_code, seen[0].done], ['error', 400, 'model_not_found', true]);
  assert.equal(ws.errors.length, 1);
  assert.equal((await receiving).at(-1).type, 'done');
});

sceneForEachSdk('an error in the midst of speech comes after what was said before it', async (sdk) => {
  const ws = await connect(sdk, SERVICES.paced);
  const ctx = ws.context(SPEECH);
  await ctx.push({ transcript: LONG_TEXT });
  await frameOf(ws, (frame) => frame.type === 'chunk');
  await ws.send({ context_id: ctx.contextId, transcript: 42, continue: true });
  await assert.rejects(collect(ctx.receive()), sdk.CartesiaError);
  assert.equal((await endOf(ws, ctx.contextId)).status_code, 400);
  await roundTrip(ws);
});

sceneForEachSdk('ws.generate throws the error of its context', async (sdk) => {
  const ws = await connect(sdk);
  const { model_id: _, ...incomplete } = SPEECH;
  await assert.rejects(collect(ws.generate({ ...incomplete, transcript: 'Without a model.' })), (error) => {
    const event = JSON.parse(error.message);
    return event.status_code === 400 && event.error_code === 'invalid_request' && /model_id/.test(event.message);
  });
});

sceneForEachSdk('what is merely late or superfluous is no error: one would end a process without an error listener', async (sdk) => {
  // An unheard error event is an unhandled rejection in these SDKs, which fails this test as it would end the process.
  const ws = await sdk.createClient(SERVICES.fast.https).tts.websocket();
  const ctx = ws.context(SPEECH);
  await ctx.push({ transcript: 'All of it.' });
  await ctx.push({ transcript: '' });
  await ctx.push({ transcript: ' ' });
  await ctx.no_more_inputs();
  await ctx.no_more_inputs();
  assert.equal((await collect(ctx.receive())).at(-1).type, 'done');
  await ctx.no_more_inputs();
  await ctx.flush();
  await ctx.push({ transcript: ' ' });
  await ctx.cancel();
  await ws.cancelContext('never-opened');
  await roundTrip(ws);
  ws.close();
  assert.deepEqual(conversationOf(ws).frames.filter((frame) => frame.type === 'error'), []);
});

for (const [name, transcript] of [['empty', ''], ['white', ' \n'], ['of punctuation only', ' … ?! ']]) {
  sceneForEachSdk(`a context whose only transcript is ${name} ends in an error`, async (sdk) => {
    const ws = await connect(sdk);
    const ctx = ws.context(SPEECH);
    await ctx.send({ transcript, continue: false });
    await assert.rejects(collect(ctx.receive()), sdk.CartesiaError);
    const error = await endOf(ws, ctx.contextId);
    assert.deepEqual([error.status_code, error.error_code], [400, 'empty_transcript']);
    assert.match(error.error, /transcript empty or contains only punctuation/i);
  });
}

scene('an error about no context has no context_id at all', async () => {
  const socket = await connectPlain();
  socket.send('{"context_id":');
  const error = await frameOf(socket, (frame) => frame.type === 'error');
  assert.equal(error.error_code, 'invalid_json');
  assert.ok(!('context_id' in error), 'null or empty makes some clients wait for ever');
});

const WRONG = {
  'a missing voice': [{ voice: undefined }, 'invalid_request'],
  'a voice that is an embedding': [{ voice: { mode: 'embedding', embedding: [0.1, 0.2] } }, 'invalid_request'],
  'a missing output format': [{ output_format: undefined }, 'invalid_request'],
  'a transcript that is a number': [{ transcript: 7 }, 'invalid_request'],
  'a continue that is a word': [{ continue: 'yes' }, 'invalid_request'],
  'a buffer delay out of range': [{ max_buffer_delay_ms: 5001 }, 'invalid_request'],
  'a language and a locale': [{ locale: 'en-GB' }, 'invalid_request'],
  'a WAV container': [{ output_format: { container: 'wav', encoding: 'pcm_s16le', sample_rate: 16000 } }, 'invalid_output_format'],
  'an MP3 container': [{ output_format: { container: 'mp3', sample_rate: 44100, bit_rate: 128000 } }, 'invalid_output_format'],
  'an unknown encoding': [{ output_format: { container: 'raw', encoding: 'pcm_s24le', sample_rate: 16000 } }, 'invalid_output_format'],
  'a sample rate of 40 Hz': [{ output_format: { container: 'raw', encoding: 'pcm_s16le', sample_rate: 40 } }, 'invalid_output_format'],
};

for (const [name, [change, code]] of Object.entries(WRONG)) {
  scene(`${name} is refused with the context's id, and the socket goes on`, async () => {
    const socket = await connectPlain();
    sendAll(socket, request('wrong', 'Please say this.', change));
    const error = await endOf(socket, 'wrong');
    assert.deepEqual([error.type, error.status_code, error.error_code], ['error', 400, code]);
    sendAll(socket, request('right', 'It still works.'));
    assert.equal((await endOf(socket, 'right')).type, 'done');
  });
}
