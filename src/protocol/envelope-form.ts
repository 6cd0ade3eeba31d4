/** The form of what a run's workflow is started with, carried state excepted: that is the core's own. */
import * as v from 'valibot';
import { count, countOrNull, jsonObject, text, textOrNull, texts } from '../plan/forms.ts';
import type { Form } from '../plan/forms.ts';
import type { Continuation, Envelope, Redirected, Restored } from './envelope.ts';
import type { PlanEdit } from './plan-edit.ts';

const editForm: Form<PlanEdit> = v.object({
  added: texts,
  removed: texts,
  changed: v.array(v.object({ name: text, members: texts })),
  rewired: texts,
  members: texts,
});

const restoredForm: Form<Restored> = v.object({
  run: text,
  checkpoint: count,
  from: textOrNull,
  at: v.number(),
  given: v.exactOptional(texts),
  promoted: v.exactOptional(text),
  inputs: v.exactOptional(texts),
  edit: v.exactOptional(editForm),
});

const continuationForm: Form<Continuation> = v.object({
  step: textOrNull,
  limits: v.object({
    turns: countOrNull,
    tokens: countOrNull,
    costMicros: countOrNull,
    durationMs: countOrNull,
  }),
  message: textOrNull,
  by: textOrNull,
  restored: v.exactOptional(restoredForm),
});

export const redirectedForm: Form<Redirected> = v.object({
  from: text,
  message: textOrNull,
  by: textOrNull,
  task: text,
  context: textOrNull,
  skipTo: textOrNull,
  takes: texts,
  handover: jsonObject,
});

/** Its name, or more: a plan that stands here whole is looked at by `planFault`, which says better what is wrong. */
const plan = v.object({ name: text, version: text, hash: text });

export const envelopeForm: Form<Envelope> = v.object({
  interpreter: v.pipe(v.number(), v.integer(), v.minValue(1)),
  plan,
  epoch: count,
  labels: v.record(text, text),
  startedBy: textOrNull,
  carry: v.exactOptional(jsonObject),
  base: v.exactOptional(v.object({ executionId: text, eventId: count })),
  continue: v.exactOptional(continuationForm),
  rerunOf: v.exactOptional(text),
  redirected: v.exactOptional(redirectedForm),
});
