import assert from 'node:assert/strict';
import { assertSpeech } from './audio/samples.mjs';
import { audioOf, collect, connect, scene, sceneForEachSdk, SERVICES } from './clients/scene.mjs';
import { SDKS } from './clients/sdks.mjs';
import { FORMAT, SPEECH } from './clients/speech.mjs';
import { flawsOf } from './wire/frames.mjs';

const TEXT = 'The road goes ever on and on.';
const clientOf = (sdk, key) => sdk.createClient(SERVICES.fast.https, key);

sceneForEachSdk('tts.generate answers with raw audio', async (sdk) => {
  const response = await clientOf(sdk).tts.generate({ ...SPEECH, transcript: TEXT });
  assertSpeech(Buffer.from(await response.arrayBuffer()), FORMAT, TEXT);
});

sceneForEachSdk('tts.generate answers with a WAV file', async (sdk) => {
  const response = await clientOf(sdk).tts.generate({ ...SPEECH, output_format: { ...FORMAT, container: 'wav' }, transcript: TEXT });
  assert.match(response.headers.get('content-type'), /^audio\/(x-)?wav/);
  const file = Buffer.from(await response.arrayBuffer());
  assert.equal(file.toString('latin1', 0, 4) + file.toString('latin1', 8, 12), 'RIFFWAVE');
  assertSpeech(file.subarray(file.indexOf('data') + 8), FORMAT, TEXT);
});

sceneForEachSdk('tts.generate answers with MP3', async (sdk) => {
  const output_format = { container: 'mp3', sample_rate: 44100, bit_rate: 128000 };
  const response = await clientOf(sdk).tts.generate({ ...SPEECH, output_format, transcript: TEXT });
  assert.equal(response.headers.get('content-type'), 'audio/mpeg');
  const file = Buffer.from(await response.arrayBuffer());
  const seconds = (file.length * 8) / output_format.bit_rate;
  assert.ok(seconds > 1 && seconds < 4, `${seconds} s`);
});

sceneForEachSdk('tts.generate throws what is wrong', async (sdk) => {
  await assert.rejects(clientOf(sdk).tts.generate({ ...SPEECH, model_id: 'bass-1', transcript: TEXT }), (error) => error.status === 400);
  await assert.rejects(clientOf(sdk, 'no-such-key').tts.generate({ ...SPEECH, transcript: TEXT }), (error) => error.status === 401);
});

sceneForEachSdk('tts.generateSSE streams the events of a context', async (sdk) => {
  const events = await collect(await clientOf(sdk).tts.generateSSE({ ...SPEECH, add_timestamps: true, transcript: TEXT }));
  assert.equal(events.at(-1).type, 'done');
  assertSpeech(audioOf(events), FORMAT, TEXT);
  const words = events.filter((event) => event.type === 'timestamps').flatMap((event) => event.word_timestamps.words);
  assert.deepEqual(words, TEXT.split(' '));
  events.forEach(({ audio: _, ...event }) => assert.deepEqual(flawsOf(JSON.stringify({ context_id: 'absent', ...event }), false), []));
});

sceneForEachSdk('voices are listed page by page, to an end, and found by id', async (sdk) => {
  const client = clientOf(sdk);
  const ids = [];
  for await (const voice of client.voices.list({ limit: 2 })) {
    ids.push(voice.id);
  }

  assert.ok(ids.length > 2);
  assert.equal(new Set(ids).size, ids.length);
  assert.equal((await client.voices.get(ids[0])).id, ids[0]);
  await assert.rejects(client.voices.get('no-such-voice'), (error) => error.status === 404);
});

scene('accents are listed, and pronunciation dictionaries are kept, as SDK 4.2 has them', async () => {
  const client = SDKS.at(-1).createClient(SERVICES.fast.https);
  const { accents } = await client.voices.listAccents();
  assert.ok(accents.some(({ id, locale }) => id === 'british' && locale === 'en-GB'));

  const created = await client.pronunciationDicts.create({ name: 'Brands', items: [{ text: 'GIF', alias: 'jif' }] });
  assert.deepEqual(created.items, [{ text: 'GIF', alias: 'jif', case_sensitive: false }]);
  const second = await client.pronunciationDicts.create({ name: 'More' });
  const ids = [];
  for await (const dict of client.pronunciationDicts.list({ limit: 1 })) {
    ids.push(dict.id);
  }

  assert.deepEqual(ids.slice(0, 2), [second.id, created.id]);
  assert.equal((await client.pronunciationDicts.update(second.id, { name: 'Fewer' })).name, 'Fewer');
  assert.equal((await client.pronunciationDicts.retrieve(second.id)).name, 'Fewer');
  const response = await client.tts.generate({ ...SPEECH, transcript: 'A GIF.', pronunciation_dict_id: created.id });
  assertSpeech(Buffer.from(await response.arrayBuffer()), FORMAT, 'A GIF.');

  await client.pronunciationDicts.delete(created.id);
  await client.pronunciationDicts.delete(second.id);
  await assert.rejects(client.pronunciationDicts.retrieve(created.id), (error) => error.status === 404);
  await assert.rejects(client.voices.clone({ clip: new File(['RIFF'], 'clip.wav'), language: 'en', name: 'Clone' }), (error) => error.status === 404);
});

sceneForEachSdk('an access token opens a socket in place of the key', async (sdk) => {
  const { token } = await clientOf(sdk).accessToken.create({ grants: { tts: true }, expires_in: 60 });
  const ws = await connect({ createClient: () => clientOf(sdk, token) });
  const ctx = ws.context(SPEECH);
  await ctx.push({ transcript: TEXT });
  await ctx.no_more_inputs();
  assertSpeech(audioOf(await collect(ctx.receive())), FORMAT, TEXT);
});

sceneForEachSdk('the status is told', async (sdk) => {
  assert.equal((await clientOf(sdk).getStatus()).ok, true);
});

scene('a token without the grant for speech is refused with 403', async () => {
  const created = await fetch(`${SERVICES.fast.https}/access-token`, {
    method: 'POST', headers: { 'X-API-Key': 'demo', 'content-type': 'application/json' }, body: JSON.stringify({ grants: { tts: false }, expires_in: 60 }),
  });
  const { token } = await created.json();
  const refused = await fetch(`${SERVICES.fast.https}/tts/websocket`, { headers: { authorization: `Bearer ${token}` } });
  assert.equal(refused.status, 403);
  await refused.text();
});
