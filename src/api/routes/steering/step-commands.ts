/** Commands on single steps, and new limits of a step or a run. */
import { Command } from '../../../contract/command.ts';
import { RunParams, StepParams } from '../../../contract/shared/params.ts';
import { OverrideStep, SetLimits, SkipStep } from '../../../contract/step-command.ts';
import { endpoint, type Endpoint } from '../../http/endpoint.ts';
import { COMMAND, takenReply } from './commands.ts';

const shared = { ...COMMAND, params: StepParams } as const;

const skip = endpoint({
  ...shared,
  path: '/runs/:id/steps/:key/skip',
  operation: 'skipStep',
  action: 'skip',
  summary: 'End a step that is not at work: skipped, or completed with a value',
  body: { kind: 'json', schema: SkipStep },
  handle: async ({ params: { id, key }, body, service }) => takenReply(await service.skipStep(id, key, body)),
});

/** Commands that take nothing but who says so, and why. */
const PLAIN = [
  {
    name: 'retry',
    operation: 'retryStep',
    action: 'retry_now',
    summary: 'Try a step again at once that waits for its next try',
  },
  {
    name: 'stop-retrying',
    operation: 'stopRetryingStep',
    action: 'stop_retrying',
    summary: 'Try a step no more: it fails with its last error, or with that of the try under way',
  },
  { name: 'hold', operation: 'holdStep', action: 'hold', summary: 'Keep a step from starting' },
  { name: 'release', operation: 'releaseStep', action: 'release', summary: 'Let a held step start' },
] as const;

const plain = PLAIN.map(({ name, operation, action, summary }) =>
  endpoint({
    ...shared,
    path: `/runs/:id/steps/:key/${name}`,
    operation,
    action,
    summary,
    body: { kind: 'json', schema: Command },
    handle: async ({ params: { id, key }, body, service }) =>
      takenReply(await service[operation](id, key, body)),
  }),
);

const override = endpoint({
  ...shared,
  path: '/runs/:id/steps/:key/override',
  operation: 'overrideStep',
  action: 'override',
  summary: 'Replace the result of a step that has ended, before anything reads it',
  body: { kind: 'json', schema: OverrideStep },
  handle: async ({ params: { id, key }, body, service }) =>
    takenReply(await service.overrideStep(id, key, body)),
});

const stepLimits = endpoint({
  ...shared,
  path: '/runs/:id/steps/:key/limits',
  operation: 'setStepLimits',
  action: 'set_limits',
  summary: 'Set what an agent may use up in its segment',
  body: { kind: 'json', schema: SetLimits },
  handle: async ({ params: { id, key }, body, service }) =>
    takenReply(await service.setStepLimits(id, key, body)),
});

const runLimits = endpoint({
  ...shared,
  path: '/runs/:id/limits',
  operation: 'setRunLimits',
  action: 'set_limits',
  summary: 'Set what all agents of a run may use up together',
  params: RunParams,
  body: { kind: 'json', schema: SetLimits },
  handle: async ({ params: { id }, body, service }) => takenReply(await service.setRunLimits(id, body)),
});

export const stepCommandRoutes: readonly Endpoint[] = [skip, ...plain, override, stepLimits, runLimits];
