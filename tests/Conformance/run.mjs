// Starts the service, runs every test file against it, stops it. Usage: node run.mjs [name of a test file]…
import { createHash } from 'node:crypto';
import { readdirSync } from 'node:fs';
import { join } from 'node:path';
import { run } from 'node:test';
import { spec as Spec } from 'node:test/reporters';
import { fileURLToPath } from 'node:url';
import { parseArgs } from 'node:util';
import { executable, Service } from './service/service.mjs';

const { positionals } = parseArgs({ allowPositionals: true });
const directory = fileURLToPath(new URL('.', import.meta.url));

// It stops a service, so it comes when nobody else needs one.
const LAST = 'shutdown.test.mjs';

// They mostly wait for speech to be paced.
const FILES_AT_ONCE = 4;
const PATIENCE_MS = 90_000;

const sha256 = (text) => createHash('sha256').update(text).digest('hex');
const tenants = { Tenants__demo__Keys__0: sha256('demo'), Tenants__small__Keys__0: sha256('small'), Tenants__small__MaxOpenContexts: '2' };

let fast;
let paced;
for (const signal of ['SIGINT', 'SIGTERM']) {
  process.once(signal, async () => {
    await stopAll();
    process.exit(1);
  });
}

const counts = { passed: 0, failed: 0, skipped: 0 };
try {
  fast = await Service.start({ ...tenants, LocalVoice__RealtimeFactor: '40', Socket__DrainTimeout: '00:00:00' });
  paced = await Service.start({
    ...tenants,
    LocalVoice__RealtimeFactor: '10',
    LocalVoice__Engine: 'Tones',
    Contexts__Expiry: '00:00:01',
    Contexts__ReconnectTimeout: '00:00:00',
    Socket__IdleTimeout: '00:00:03',
    Listen__Certificate: fast.cert,
    Listen__CertificateKey: join(fast.data, 'dev-key.pem'),
  });
  // Node reads this at its start only, and each test file has a process of its own.
  process.env.NODE_EXTRA_CA_CERTS = fast.cert;
  process.env.CONFORMANCE_SERVICES = JSON.stringify({ fast: addressOf(fast), paced: addressOf(paced) });

  const files = readdirSync(directory).filter((file) => file.endsWith('.test.mjs') && (positionals.length === 0 || positionals.includes(file)));
  await runFiles(files.filter((file) => file !== LAST));
  await runFiles(files.filter((file) => file === LAST));
} catch (error) {
  console.error(error.message);
  counts.failed++;
} finally {
  await stopAll();
}

if (counts.failed > 0) {
  for (const service of [fast, paced].filter((service) => service?.log)) {
    console.error(`\nThe last lines of ${executable}:\n${service.log}`);
  }
}

console.log(`${counts.passed} passed, ${counts.failed} failed, ${counts.skipped} skipped`);
process.exit(counts.failed > 0 || counts.passed === 0 ? 1 : 0);

function stopAll() {
  return Promise.all([fast?.stop(), paced?.stop()]);
}

function addressOf({ http, https, data, pid }) {
  return { http, https, data, pid };
}

async function runFiles(names) {
  if (names.length === 0) {
    return;
  }

  const events = run({ files: names.map((name) => join(directory, name)), concurrency: FILES_AT_ONCE, timeout: PATIENCE_MS });
  events.on('test:pass', (event) => count(event, event.skip === undefined ? 'passed' : 'skipped'));
  events.on('test:fail', (event) => count(event, 'failed'));
  const report = events.compose(new Spec());
  for await (const text of report) {
    process.stdout.write(text);
  }
}

function count(event, outcome) {
  if (event.details?.type !== 'suite') {
    counts[outcome]++;
  }
}
