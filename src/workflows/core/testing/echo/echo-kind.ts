/** Steps of kind `echo`, as a run has them: one activity an attempt. */
import type { Kind } from '../../kernel/kind.ts';
import { ONE_ACTIVITY } from '../../kinds/one-activity.ts';
import { echoForm } from './echo-spec.ts';
import type { EchoSpec } from './echo-spec.ts';

export const echoKind: Kind<EchoSpec> = {
  ...ONE_ACTIVITY,
  form: echoForm,
  timeoutMs: 10_000,
};
