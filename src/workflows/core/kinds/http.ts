/** Steps of kind `http`: a request, made by an activity. */
import type { HttpSpec } from '../../../plan/plan.ts';
import { specForms } from '../../../plan/spec-forms.ts';
import type { Kind } from '../kernel/kind.ts';
import { ONE_ACTIVITY } from './one-activity.ts';

export const httpKind: Kind<HttpSpec> = {
  ...ONE_ACTIVITY,
  form: specForms.http,
  timeoutMs: 2 * 60_000,
  acts: ({ spec }) => !ASKING.has(spec.method),
};

/** Methods that only ask. */
const ASKING: ReadonlySet<string> = new Set(['GET', 'HEAD', 'OPTIONS']);
