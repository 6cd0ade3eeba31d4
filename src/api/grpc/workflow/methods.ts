/** The methods of `baton.v1.WorkflowService` that answer once, each with the operation of HTTP that it is. */
import { method, type Method } from './method.ts';

const RUN = { id: 'run_id' };

export const METHODS = {
  getRun: method({ operation: 'getRun', params: RUN, answer: (run: object) => ({ run }) }),
} satisfies Readonly<Record<string, Method>>;
