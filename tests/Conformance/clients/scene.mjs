import assert from 'node:assert/strict';
import { once } from 'node:events';
import { mkdtemp, rm } from 'node:fs/promises';
import { createRequire } from 'node:module';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import test from 'node:test';
import { conversationOf, restart, sockets, violations } from '../wire/tap.mjs';
import { SDKS } from './sdks.mjs';

const { WebSocket } = createRequire(import.meta.url)('ws');

const PATIENCE_MS = 20_000;
const NEWEST_VERSION = '2026-08-14';

/**
 * Where the services of this run are. `fast` speaks, forty times faster than it lasts. `paced` plays tones for words, the same bytes every time,
 * ten times faster than they last; its contexts expire after a second, its sockets are idle after three, and what a client leaves behind
 * ends with it.
 */
export const SERVICES = JSON.parse(process.env.CONFORMANCE_SERVICES ?? '{}');

/** A test that also fails when any frame, on any of its sockets, broke a rule of the wire. */
export function scene(name, play) {
  test(name, { timeout: PATIENCE_MS }, async (t) => {
    restart();

    // Also when the test has run out of time: an open socket would keep the process.
    t.after(() => sockets().forEach((socket) => socket.terminate()));
    await play(t);
    assert.deepEqual(violations(), []);
  });
}

/** The same test for each of the current official SDKs. */
export function sceneForEachSdk(name, play) {
  SDKS.forEach((sdk) => scene(`${sdk.name}: ${name}`, (t) => play(sdk, t)));
}

/** An SDK's socket to a service, with the listener for errors that its examples attach. */
export async function connect(sdk, service = SERVICES.fast) {
  const ws = await sdk.createClient(service.https).tts.websocket();
  const errors = [];
  ws.on('error', (error) => errors.push(error));
  await ws.connect();
  return Object.assign(ws, { errors });
}

/** A socket without any SDK: what hand-written clients do. */
export async function connectPlain({ service = SERVICES.fast, version = NEWEST_VERSION, key = 'demo', options = {} } = {}) {
  const url = `${service.https.replace('https:', 'wss:')}/tts/websocket?cartesia_version=${version}`;
  const socket = new WebSocket(url, { headers: { 'X-API-Key': key }, ...options });
  await once(socket, 'open');
  return socket;
}

/** Resolves with the first frame that fits, past ones included. */
export function frameOf(socket, fits) {
  const { frames } = conversationOf(socket);
  const past = frames.find(fits);
  if (past !== undefined) {
    return Promise.resolve(past);
  }

  const raw = socket.socket ?? socket;
  raw.setMaxListeners(0);
  return new Promise((resolve, reject) => {
    const look = () => {
      if (fits(frames.at(-1))) {
        raw.off('message', look);
        resolve(frames.at(-1));
      }
    };
    raw.on('message', look);
    raw.once('close', () => reject(new Error('The socket closed before the frame came.')));
  });
}

/** The last frame of a context. */
export const endOf = (socket, contextId) => frameOf(socket, (frame) => frame.context_id === contextId && frame.done);

/** Returns when the server has read all that was sent so far, and we all that it had sent before. */
export async function roundTrip(socket) {
  const raw = socket.socket ?? socket;
  const pong = once(raw, 'pong');
  raw.ping();
  await pong;
}

/** All events of a context, to its end. */
export async function collect(receiver) {
  const events = [];
  for await (const event of receiver) {
    events.push(event);
  }

  return events;
}

/** The audio of a list of events or frames. */
export const audioOf = (events) => Buffer.concat(events.filter((event) => event.type === 'chunk').map((event) => Buffer.from(event.data, 'base64')));

/** A directory that goes with the test. */
export async function temporaryDirectory(t) {
  const directory = await mkdtemp(join(tmpdir(), 'tts-conformance-files-'));
  t.after(() => rm(directory, { recursive: true, force: true }));
  return directory;
}
