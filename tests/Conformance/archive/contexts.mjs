import { readFile, readdir } from 'node:fs/promises';
import { join } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';

const GLANCE_MS = 20;

/** Waits for a context to be archived whole, and reads it: its manifest and the audio of its files by flush id. */
export async function archivedContext(service, session, contextId, tenant = 'demo') {
  const sessionDirectory = join(service.data, 'archive', tenant, 'sessions', session);
  for (;;) {
    for (const name of await readdir(sessionDirectory).catch(() => [])) {
      const directory = join(sessionDirectory, name);
      const manifest = name.endsWith(`-${contextId}`) ? await readFile(join(directory, 'manifest.json'), 'utf8').catch(() => null) : null;
      if (manifest !== null) {
        return readContext(directory, JSON.parse(manifest));
      }
    }

    await delay(GLANCE_MS);
  }
}

async function readContext(directory, manifest) {
  const files = (await readdir(directory)).filter((file) => file.endsWith('.wav'));
  const segments = await Promise.all(files.map(async (file) => [Number.parseInt(file, 10), await readWav(join(directory, file))]));
  return { manifest, segments: new Map(segments) };
}

/** Reads a RIFF/WAVE file by its chunks. */
async function readWav(path) {
  const file = await readFile(path);
  const tag = (at) => file.toString('latin1', at, at + 4);
  if (tag(0) !== 'RIFF' || tag(8) !== 'WAVE' || file.readUInt32LE(4) !== file.length - 8) {
    throw new Error(`${path} is not a RIFF/WAVE file of its own length.`);
  }

  const wav = {};
  for (let at = 12; at < file.length; at += 8 + file.readUInt32LE(at + 4) + (file.readUInt32LE(at + 4) & 1)) {
    const body = file.subarray(at + 8, at + 8 + file.readUInt32LE(at + 4));
    if (tag(at) === 'fmt ') {
      Object.assign(wav, { format: body.readUInt16LE(0), channels: body.readUInt16LE(2), sampleRate: body.readUInt32LE(4), bits: body.readUInt16LE(14) });
    } else if (tag(at) === 'data') {
      wav.audio = body;
    }
  }

  return wav;
}
