/** What a worker does for a step of kind `echo`. Result: the text, so often as it is wanted, in a list. */
import type { Perform } from '../../../../activities/step-activity.ts';
import type { EchoSpec } from './echo-spec.ts';

export const performEcho: Perform<EchoSpec> = async ({ spec, render }) => {
  return { value: Array.from({ length: spec.times }, () => render(spec.text)) };
};
