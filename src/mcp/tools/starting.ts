/** Starting runs, and waiting for them. */
import * as z from 'zod';
import { JsonValue } from '../../contract/shared/common.ts';
import { NewRunId, RerunRun, StartRun, type Run } from '../../contract/run.ts';
import { BriefRun, briefRun, runText } from '../answers/brief-run.ts';
import { tool, type Tool } from '../tool.ts';
import { given, keyed, run } from './arguments.ts';
import { awaitRun, MOST_SECONDS } from './await-run.ts';

const wait = z
  .number()
  .min(0)
  .max(MOST_SECONDS)
  .default(0)
  .meta({ description: 'Wait so long for its end, or until it waits for somebody; 0: answer at once.' });

const start = tool({
  name: 'run_workflow',
  title: 'Start a run',
  description:
    'Starts a run of a published definition and answers its id. Runs go on by themselves and may take hours: look again with get_workflow_status or wait_for_run. Inputs are named by get_workflow.',
  scope: 'steer',
  operations: ['startRun', 'getRun'],
  input: z.strictObject({
    workflow: StartRun.shape.workflow,
    version: StartRun.shape.version,
    inputs: z.record(z.string(), JsonValue).optional().meta({ description: 'Values by name.' }),
    labels: StartRun.shape.labels,
    run_id: NewRunId.optional().meta({ description: 'An id of your choice for the run.' }),
    ...keyed,
    wait_seconds: wait,
  }),
  output: z.object({ run: BriefRun }),
  run: async ({ wait_seconds: seconds, idempotency_key: key, run_id: id, by, ...body }, call) => {
    const started = await call.ask<Run>('startRun', {
      body: given({ ...body, id, by: by ?? call.by }),
      key: key ?? call.key,
    });
    const now = seconds > 0 ? await awaitRun(call, started.id, seconds) : started;
    const brief = briefRun(now);
    return { data: { run: brief }, text: runText(brief) };
  },
});

const rerun = tool({
  name: 'rerun_run',
  title: 'Start a run once more',
  description:
    'Starts another run with the plan, inputs and labels of an earlier one; `inputs` replaces some. All steps run anew: to keep what was done use restore_run or fork_run with `from`.',
  scope: 'steer',
  operations: ['rerunRun'],
  input: z.strictObject({
    run,
    newest: RerunRun.shape.newest,
    inputs: RerunRun.shape.inputs,
    labels: RerunRun.shape.labels,
    ...keyed,
  }),
  output: z.object({ run: BriefRun }),
  run: async ({ run: id, idempotency_key: key, by, ...body }, call) => {
    const started = await call.ask<Run>('rerunRun', {
      params: { id },
      body: { ...body, by: by ?? call.by },
      key: key ?? call.key,
    });
    const brief = briefRun(started);
    return { data: { run: brief }, text: runText(brief) };
  },
});

const waitFor = tool({
  name: 'wait_for_run',
  title: 'Wait for a run',
  description:
    'Waits until a run has ended or waits for somebody (a question, a limit, a pause), at most `seconds`, and answers how it stands then. Call it again while it is at work; it disturbs nothing.',
  scope: 'read',
  idempotent: true,
  operations: ['getRun'],
  input: z.strictObject({ run, seconds: z.number().min(0).max(MOST_SECONDS).default(30) }),
  output: z.object({ run: BriefRun }),
  run: async ({ run: id, seconds }, call) => {
    const brief = briefRun(await awaitRun(call, id, seconds));
    return { data: { run: brief }, text: runText(brief) };
  },
});

export const startingTools: readonly Tool[] = [start, rerun, waitFor];
