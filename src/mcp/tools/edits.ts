/** Edits of the plan of an open run: foretold, made, and those that were made. */
import * as z from 'zod';
import { EditRun, type EditAnswer, type RunRevision } from '../../contract/edit.ts';
import { tool, type Tool } from '../tool.ts';
import { acting, asQuery, given, limit, run } from './arguments.ts';

const { edits, definition, revert_to, rerun, expected_revision: revision } = EditRun.shape;

/** What is to change. */
const wanted = { edits, definition, revert_to, rerun };

const preview = tool({
  name: 'preview_edit',
  title: 'Foretell an edit',
  description:
    'What an edit of the plan of an open run would do: steps that are added, removed, changed or run again, why the run would refuse it, and what it is expected to cost. Changes nothing. Give `edits` (INSERT, UPDATE, DELETE of steps that have not begun), or the whole `definition`, or `revert_to`. Then apply_edit with the `revision` that it answers.',
  scope: 'author',
  readOnly: true,
  idempotent: true,
  operations: ['editRun'],
  input: z.strictObject({ run, ...wanted }),
  run: async ({ run: id, ...body }, call) => {
    const asked = { params: { id }, body: given({ ...body, dry_run: true, by: call.by }) };
    const { definition: text, ...told } = await call.ask<EditAnswer>('editRun', asked);
    return { data: { ...told, definition: text } };
  },
});

const apply = tool({
  name: 'apply_edit',
  title: 'Edit the plan of a run',
  description:
    'Edits the plan of an open run as preview_edit foretold it. `expected_revision` is the `revision` that preview_edit answered: if the plan has changed since, nothing is done.',
  scope: 'author',
  destructive: true,
  operations: ['editRun'],
  input: z.strictObject({
    run,
    ...wanted,
    expected_revision: revision.unwrap().meta({ description: 'The `revision` of preview_edit.' }),
    reason: EditRun.shape.reason.meta({ description: 'Why, for the record.' }),
    ...acting,
  }),
  run: async ({ run: id, by, id: own, ...body }, call) => {
    const { done, answer } = await call.order<EditAnswer>('editRun', {
      params: { id },
      body: given({ ...body, by: by ?? call.by, id: own ?? call.key }),
    });
    const { definition: text, ...told } = answer;
    return { data: { done, ...told, definition: text } };
  },
});

const list = tool({
  name: 'list_edits',
  title: 'List edits',
  description: 'The plans that a run has had, the newest first: who changed what, and why.',
  scope: 'read',
  operations: ['listRunEdits'],
  input: z.strictObject({ run, limit: limit(100, 20) }),
  run: async ({ run: id, ...query }, { ask }) => ({
    data: await ask<{ items: RunRevision[] }>('listRunEdits', { params: { id }, query: asQuery(query) }),
  }),
});

export const editTools: readonly Tool[] = [preview, apply, list];
