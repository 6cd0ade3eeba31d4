/** UpdateNode: one of the commands on a step, each an operation of HTTP. */
import { InvalidError } from '../../../errors/errors.ts';
import type { Plain } from '../../../grpc/read-message.ts';
import type { Method } from './method.ts';

const COMMANDS: Readonly<Record<string, string>> = {
  skip: 'skipStep',
  retry: 'retryStep',
  stop_retrying: 'stopRetryingStep',
  hold: 'holdStep',
  release: 'releaseStep',
  override: 'overrideStep',
  compact: 'compactStep',
  set_limits: 'setStepLimits',
};
/** Fields that all commands have. */
const SHARED = new Set(['reason', 'id', 'by']);

export const updateNode: Method = {
  ask: ({ run_id, key, ...request }) => {
    const [command, operation] = Object.entries(COMMANDS).find(([name]) => name in request) ?? missing();
    const shared = Object.fromEntries(Object.entries(request).filter(([name]) => SHARED.has(name)));
    return {
      operation,
      asked: {
        params: { id: textOf(run_id), key: textOf(key) },
        body: { ...shared, ...(request[command] as Plain) },
      },
      fieldOf: (path) => fieldOf(path, command),
    };
  },
  answer: ({ body, status }) => ({ ...(body as { message_id: string }), run: body, done: status === 200 }),
};

function fieldOf(path: string, command: string): string {
  const [place, ...names] = path.split('.');
  if (place === 'params') return names[0] === 'id' ? 'run_id' : names.join('.');
  return [...(SHARED.has(names[0] ?? '') ? [] : [command]), ...names].join('.');
}

function textOf(value: unknown): string {
  return typeof value === 'string' ? value : '';
}

function missing(): never {
  const message = `is missing: one of ${Object.keys(COMMANDS).join(', ')}`;
  throw new InvalidError('invalid_request', `The command ${message}.`, [
    { path: 'command', code: 'invalid_type', message },
  ]);
}
