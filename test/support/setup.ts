/**
 * Runs before every file: a Temporal runtime for the process, quiet, which leaves signals to vitest; and the end of what
 * the file has opened, and has set in the environment.
 */
import { DefaultLogger, Runtime } from '@temporalio/worker';
import { afterAll } from 'vitest';
import { endFile } from './after-file.ts';

/** Files share their process, and it has one runtime. */
const INSTALLED = Symbol.for('baton.test.runtime');
const known = globalThis as { [INSTALLED]?: boolean };

if (known[INSTALLED] !== true) {
  Runtime.install({ logger: new DefaultLogger('WARN'), shutdownSignals: [] });
  known[INSTALLED] = true;
}

/** What a file sets for itself (a vendor's key, a secret) is none of the next one's. */
const environment = { ...process.env };

afterAll(async () => {
  await endFile();
  for (const name of Object.keys(process.env)) if (!(name in environment)) delete process.env[name];
  Object.assign(process.env, environment);
});
