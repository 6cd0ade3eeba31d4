/** What each kind of step is compiled to, as a form: for whoever is handed a plan that it did not compile itself. */
import * as v from 'valibot';
import {
  count,
  countOrNull,
  flag,
  json,
  jsonObject,
  limits,
  node,
  nodeOrNull,
  nodes,
  oneOf,
  text,
  texts,
} from './forms.ts';
import type { Form } from './forms.ts';
import type { SpecOf, StepKind } from './plan.ts';

const numberOrNull = v.nullable(v.number());

export const specForms: { readonly [K in StepKind]: Form<SpecOf<K>> } = {
  agent: v.object({
    kind: v.literal('agent'),
    agent: text,
    prompt: node,
    models: texts,
    outputSchema: v.nullable(jsonObject),
    temperature: numberOrNull,
    maxOutputTokens: numberOrNull,
    tools: texts,
    approve: texts,
    limits,
    continuations: v.exactOptional(count),
    contextWindow: v.exactOptional(count),
    compact: v.exactOptional(v.literal('off')),
  }),
  ask: v.object({
    kind: v.literal('ask'),
    prompt: node,
    form: jsonObject,
    approval: flag,
    approvers: texts,
    needed: count,
    notStarter: flag,
    timeoutMs: countOrNull,
    onTimeout: oneOf('action', [
      v.object({ action: v.literal('fail') }),
      v.object({ action: v.literal('answer'), value: json }),
    ]),
  }),
  http: v.object({
    kind: v.literal('http'),
    method: text,
    url: node,
    headers: nodes,
    query: nodes,
    body: nodeOrNull,
  }),
  command: v.object({
    kind: v.literal('command'),
    argv: v.array(node),
    cwd: nodeOrNull,
    env: nodes,
    stdin: nodeOrNull,
  }),
  node: v.object({
    kind: v.literal('node'),
    capability: v.nullable(text),
    labels: nodes,
    prefer: nodes,
    input: nodeOrNull,
    outputSchema: v.nullable(jsonObject),
    errand: v.exactOptional(v.object({ taskQueue: text, activity: text, heartbeatMs: countOrNull })),
  }),
  transform: v.object({ kind: v.literal('transform'), value: node }),
  wait: v.object({ kind: v.literal('wait'), duration: node }),
};
