/** Runs in every test process before its file: a quiet Temporal runtime that leaves signals to vitest. */
import { DefaultLogger, Runtime } from '@temporalio/worker';

Runtime.install({ logger: new DefaultLogger('WARN'), shutdownSignals: [] });
