/** Temporal's SDK logs through ours: its warnings and errors, with the run they concern. */
import type { Logger as SdkLogger, LogMetadata } from '@temporalio/worker';
import type { Logger } from '../log/log.ts';

const LEVELS = { TRACE: 'trace', DEBUG: 'debug', INFO: 'debug', WARN: 'warn', ERROR: 'error' } as const;
type SdkLevel = keyof typeof LEVELS;

/** Metadata beyond these (task tokens, stacks of expected failures) stays out of the logs. */
function chosen(meta: LogMetadata | undefined): object {
  const { workflowId, activityId, taskQueue, error } = meta ?? {};
  return {
    run: workflowId as unknown,
    activity: activityId as unknown,
    queue: taskQueue as unknown,
    err: error as unknown,
  };
}

/** The SDK's INFO (pollers, bundles) is our debug. */
export function sdkLogger(log: Logger): SdkLogger {
  const write = (level: SdkLevel) => (message: string, meta?: LogMetadata) =>
    log[LEVELS[level]](chosen(meta), message);
  return {
    log: (level, message, meta) => write(level)(message, meta),
    trace: write('TRACE'),
    debug: write('DEBUG'),
    info: write('INFO'),
    warn: write('WARN'),
    error: write('ERROR'),
  };
}
