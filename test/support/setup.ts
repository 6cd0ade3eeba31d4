/**
 * Runs before every file: a Temporal runtime for the process, quiet, which leaves signals to vitest; and the end of what
 * the file has opened.
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

afterAll(endFile);
