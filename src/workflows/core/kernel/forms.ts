/** Forms of what states of several rooms hold. */
import * as v from 'valibot';
import { count, flag, json, oneOf, text, textOrNull } from '../../../plan/forms.ts';
import type { Form } from '../../../plan/forms.ts';
import type { Appended, ToolCall } from '../../../protocol/agent.ts';
import { LIMIT_NAMES } from '../../../protocol/limits.ts';
import type { LimitName } from '../../../protocol/limits.ts';
import type { TakenSnapshot, WantedFiles } from '../../../protocol/snapshot.ts';
import type { BlobRef, SuppliedValue } from '../../../protocol/values.ts';

export const time = v.number();
export const timeOrNull = v.nullable(time);
export const moneyOrNull = v.nullable(count);
export const blobRef: Form<BlobRef> = v.object({ $blob: text, bytes: count });
export const supplied: Form<SuppliedValue> = v.union([v.object({ value: json }), v.object({ ref: blobRef })]);

const objectId = v.pipe(text, v.regex(/^[0-9a-f]{40,64}$/, 'a commit is named by its hash'));
export const takenSnapshotForm: Form<TakenSnapshot> = v.object({
  commit: v.nullable(objectId),
  at: time,
  kept: v.exactOptional(blobRef),
  note: v.exactOptional(text),
});
export const wantedFilesForm: Form<WantedFiles> = v.object({
  commit: objectId,
  kept: v.exactOptional(blobRef),
  path: text,
  queue: textOrNull,
  base: textOrNull,
});

export const toolCallForm: Form<ToolCall> = v.object({
  id: text,
  name: text,
  input: supplied,
  preview: text,
  cut: v.exactOptional(v.literal(true)),
});

export const appended: Form<Appended> = oneOf('type', [
  v.object({
    type: v.literal('tool_results'),
    results: v.array(v.object({ call: text, name: text, output: supplied, isError: flag })),
  }),
  v.object({
    type: v.literal('user'),
    source: v.picklist(['continue', 'correction', 'cut', 'notice', 'instruction', 'redirect']),
    text,
    by: textOrNull,
  }),
]);

export const limitName: Form<LimitName> = v.picklist(LIMIT_NAMES);
