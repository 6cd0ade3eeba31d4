/** What has happened in a run, and what it was given and has come to. */
import * as z from 'zod';
import type { CallPage, SessionMessage } from '../../contract/call.ts';
import type { RunDefinition } from '../../contract/edit.ts';
import type { Causes, RunEvent } from '../../contract/event.ts';
import type { StepInput } from '../../contract/past/step-input.ts';
import { BlobParams, SessionParams } from '../../contract/shared/params.ts';
import type { Page } from '../../contract/shared/common.ts';
import type { Beginning } from '../door.ts';
import { tool, type Told, type Tool } from '../tool.ts';
import { asQuery, cursor, limit, run, step } from './arguments.ts';

/** Characters of a value. */
const MOST_CHARS = 20_000;

const seq = z.number().int().min(1);

const events = tool({
  name: 'list_events',
  title: 'List what happened',
  description:
    'The record of a run, event by event: what started, was called, failed, was said. The newest first; `before` the `seq` of the last one told goes further back. Narrow it by type (such as error, tool_call, step_failed) or step.',
  scope: 'read',
  operations: ['listRunEvents'],
  input: z.strictObject({
    run,
    step: step.optional(),
    type: z.array(z.string().min(1)).optional().meta({ description: 'Only events of these types.' }),
    order: z.enum(['asc', 'desc']).default('desc').meta({ description: '`asc`: the oldest first.' }),
    before: seq.optional().meta({ description: 'Only events with a smaller `seq`.' }),
    after: z.number().int().min(0).optional().meta({ description: 'Only events with a greater `seq`.' }),
    limit: limit(200, 30),
  }),
  run: async ({ run: id, ...query }, { ask }) => ({
    data: { ...(await ask<Page<RunEvent>>('listRunEvents', { params: { id }, query: asQuery(query) })) },
    rest: 'Take a smaller `limit`, or narrow it by `type` and `step`.',
  }),
});

const causes = tool({
  name: 'list_causes',
  title: 'What led to an event',
  description: 'The chain of events that led to one event, from it back to its root.',
  scope: 'read',
  operations: ['listEventCauses'],
  input: z.strictObject({ run, seq }),
  run: async ({ run: id, seq: at }, { ask }) => ({
    data: await ask<Causes>('listEventCauses', { params: { id, seq: String(at) } }),
  }),
});

const output = tool({
  name: 'get_output',
  title: 'Read a result',
  description:
    'The result of a run that has completed, of one of its steps, or a stored value by the hash that stands in its place (`$blob`). The beginning of very long ones.',
  scope: 'read',
  operations: ['getRunOutput', 'getRunStepOutput', 'getBlob'],
  input: z
    .strictObject({
      run: run.optional(),
      step: step.optional().meta({ description: 'With `run`: of this step; otherwise of the run.' }),
      hash: BlobParams.shape.hash.optional().meta({ description: 'Instead of `run`: of a stored value.' }),
    })
    .refine(
      ({ run: id, hash }) => (id === undefined) !== (hash === undefined),
      'needs one of `run` and `hash`',
    ),
  run: async ({ run: id = '', step: key, hash }, { read }) => {
    if (hash !== undefined) return valueTold(await read('getBlob', { params: { hash } }, MOST_CHARS));
    if (key === undefined) return valueTold(await read('getRunOutput', { params: { id } }, MOST_CHARS));
    return valueTold(await read('getRunStepOutput', { params: { id, key } }, MOST_CHARS));
  },
});

function valueTold({ text, isWhole }: Beginning): Told {
  if (isWhole) return { data: { value: JSON.parse(text), whole: true }, text };
  const told = 'The rest is not told here: `baton output RUN` writes all of it.';
  return {
    data: { beginning: text, whole: false },
    text: `${text}\n\nOnly the beginning of its JSON. ${told}`,
  };
}

const input = tool({
  name: 'get_step_input',
  title: 'What a step was given',
  description:
    'What an attempt of a step was given, with all templates filled in: prompt, command, address, and the values that they read. Secrets stand as ***.',
  scope: 'read',
  operations: ['getRunStepInput'],
  input: z.strictObject({
    run,
    step,
    attempt: seq.optional().meta({ description: 'The newest unless told.' }),
  }),
  run: async ({ run: id, step: key, attempt }, { ask }) => ({
    data: await ask<StepInput>('getRunStepInput', { params: { id, key }, query: asQuery({ attempt }) }),
    rest: 'get_output with a `hash` of `values` reads one of them.',
  }),
});

const definition = tool({
  name: 'get_run_definition',
  title: 'The definition of a run',
  description:
    'The definition that a run has now, with the edits that were made to it, as text; and its `revision`. Look at it before preview_edit.',
  scope: 'read',
  operations: ['getRunDefinition'],
  input: z.strictObject({ run }),
  run: async ({ run: id }, { ask }) => {
    const { source, ...told } = await ask<RunDefinition>('getRunDefinition', { params: { id } });
    return {
      data: { ...told, source },
      text: `Revision ${told.revision} of ${id}:\n${source}`,
      rest: 'Change single steps by `edits` of preview_edit, which needs no whole definition.',
    };
  },
});

const calls = tool({
  name: 'list_model_calls',
  title: 'List model calls',
  description:
    'The calls of models that a run has made, with tokens, cost, time and errors of each, and the totals. To find what was dear or slow.',
  scope: 'read',
  operations: ['listRunCalls'],
  input: z.strictObject({ run, step: step.optional(), limit: limit(200, 20), cursor }),
  run: async ({ run: id, ...query }, { ask }) => ({
    data: await ask<CallPage>('listRunCalls', { params: { id }, query: asQuery(query) }),
    rest: 'Take a smaller `limit`, or one `step`.',
  }),
});

const transcript = tool({
  name: 'read_transcript',
  title: 'Read what an agent did',
  description:
    'The session of an agent: what it was told, said, called and was answered. `session` is the `session_id` of its step (get_step).',
  scope: 'read',
  operations: ['listSessionMessages'],
  input: z.strictObject({ session: SessionParams.shape.id, limit: limit(200, 30), cursor }),
  run: async ({ session: id, ...query }, { ask }) => ({
    data: {
      ...(await ask<Page<SessionMessage>>('listSessionMessages', { params: { id }, query: asQuery(query) })),
    },
    rest: 'Take a smaller `limit`.',
  }),
});

export const recordTools: readonly Tool[] = [events, causes, output, input, definition, calls, transcript];
