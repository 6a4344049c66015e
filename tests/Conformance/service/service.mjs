import { spawn } from 'node:child_process';
import { existsSync } from 'node:fs';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { fileURLToPath } from 'node:url';

const READY_WITHIN_MS = 30_000;
const GONE_WITHIN_MS = 15_000;
const KEPT_LOG_LINES = 200;

/** Where the service was built. */
export const executable = join(fileURLToPath(new URL('../../../', import.meta.url)), 'artifacts', 'bin', 'ApiHost', 'release', 'TtsGrains.ApiHost');

/** One running service with a data directory of its own, on ports the system chose. */
export class Service {
  #process;
  #log;

  constructor(process, log, data, ready) {
    this.#process = process;
    this.#log = log;
    this.data = data;
    this.http = ready.get('http');
    this.https = ready.get('https');
    this.cert = ready.get('cert');
  }

  get pid() {
    return this.#process.pid;
  }

  /** The last lines it logged. */
  get log() {
    return this.#log.join('\n');
  }

  /** Starts it and waits for the line that says it serves. */
  static async start(settings) {
    if (!existsSync(executable)) {
      throw new Error(`The service is not built: ${executable} is missing.`);
    }

    const data = await mkdtemp(join(tmpdir(), 'tts-conformance-'));
    const child = spawn(executable, [], {
      cwd: data,
      env: { ...process.env, ASPNETCORE_ENVIRONMENT: 'Development', Listen__Http: '0', Listen__Https: '0', Data: data, ...settings },
      stdio: ['ignore', 'pipe', 'pipe'],
    });
    const log = [];
    createInterface({ input: child.stderr }).on('line', (line) => {
      log.push(line);
      if (log.length > KEPT_LOG_LINES) {
        log.shift();
      }
    });
    try {
      return new Service(child, log, data, await readyLineOf(child));
    } catch (error) {
      child.kill('SIGKILL');
      throw new Error(`${error.message}\n${log.join('\n')}`);
    }
  }

  /** Stops it as a deployment would, and forgets its data. */
  async stop() {
    if (this.#process.exitCode === null && this.#process.signalCode === null) {
      const gone = new Promise((resolve) => this.#process.once('exit', resolve));
      this.#process.kill('SIGTERM');
      const impatient = setTimeout(() => this.#process.kill('SIGKILL'), GONE_WITHIN_MS);
      await gone;
      clearTimeout(impatient);
    }

    await rm(this.data, { recursive: true, force: true });
  }
}

function readyLineOf(child) {
  return new Promise((resolve, reject) => {
    const late = setTimeout(() => reject(new Error('The service did not say that it is ready.')), READY_WITHIN_MS);
    child.once('error', reject);
    child.once('exit', (code) => reject(new Error(`The service ended with code ${code} before it was ready.`)));
    createInterface({ input: child.stdout }).on('line', (line) => {
      if (line.startsWith('ready ')) {
        clearTimeout(late);
        resolve(new Map(line.split(' ').slice(1).map((pair) => [pair.slice(0, pair.indexOf('=')), pair.slice(pair.indexOf('=') + 1)])));
      }
    });
  });
}
