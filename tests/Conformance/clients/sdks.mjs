import { readFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { dirname, join } from 'node:path';

// The CommonJS builds: only they find the socket library in Node.
const require = createRequire(import.meta.url);

/** The official SDKs whose programming interface the examples are written in. */
export const SDKS = [sdkOf('cartesia-3'), sdkOf('cartesia-4')];

function sdkOf(name) {
  const { default: Cartesia, CartesiaError } = require(name);
  const { version } = JSON.parse(readFileSync(join(dirname(require.resolve(name)), 'package.json'), 'utf8'));
  return {
    name: `js ${version}`,
    CartesiaError,
    /** A client that was told where the service is and its key, nothing else. */
    createClient: (baseURL, apiKey = 'demo') => new Cartesia({ baseURL, apiKey }),
  };
}
