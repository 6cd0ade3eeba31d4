/**
 * The format of scripts for the provider `scripted`: a YAML (or JSON) file, checked whole before it is used. What is
 * read holds one entry an answer: the short form `turns` is spread out.
 */
import { readFile } from 'node:fs/promises';
import { parse } from 'yaml';
import { z } from 'zod';
import { messageOf } from '../../../errors/errors.ts';
import { mapBigInts, wholeNumber } from '../../../plan/exact-json.ts';
import type { Json } from '../../../plan/json.ts';
import { parseDuration } from '../../../plan/duration.ts';
import { isFailureCode } from '../../../protocol/failure.ts';
import { StepFailure } from '../../step-failure.ts';

const tokens = z.number().int().min(0);
const anyJson = z.custom<Json>((value) => value !== undefined);
const failureCode = z.string().refine(isFailureCode, { error: 'is no failure code' });
const duration = z.union([z.number(), z.string()]).transform(toMs);
const texts = z.union([z.string().transform((text) => [text]), z.array(z.string())]);
const ANSWERS = ['reply', 'reply_json', 'chunks', 'tool_calls', 'fail'] as const;

/** Whose call is answered. */
const place = z.strictObject({
  workflow: z.string().optional(),
  step: z.string(),
  attempt: z.number().int().min(1).optional(),
  asked: z.string().optional(),
});

const answer = z.strictObject({
  expect: texts.default([]),
  expect_tools: texts.default([]),
  delay: duration.default(0),
  reply: z.string().optional(),
  reply_json: anyJson.optional(),
  chunks: z.array(z.string()).optional(),
  chunk_delay: duration.default(0),
  tool_calls: z
    .array(z.strictObject({ id: z.string().optional(), name: z.string(), input: anyJson.default({}) }))
    .min(1)
    .optional(),
  fail: z
    .strictObject({
      type: failureCode,
      message: z.string(),
      retry_after: duration.optional(),
      retryable: z.boolean().optional(),
    })
    .optional(),
  usage: z
    .strictObject({
      input_tokens: tokens.default(0),
      output_tokens: tokens.default(0),
      cache_read_tokens: tokens.default(0),
      cache_write_tokens: tokens.default(0),
      reasoning_tokens: tokens.default(0),
    })
    .optional(),
  model: z.string().optional(),
  finish_reason: z.enum(['stop', 'length', 'content-filter', 'other']).optional(),
});

const ONE_ANSWER = {
  error: `needs exactly one of ${ANSWERS.join(', ')}; reply or chunks may go with tool_calls`,
};

const single = place
  .extend({ turn: z.number().int().min(1).optional(), ...answer.shape })
  .refine(hasOneAnswer, ONE_ANSWER)
  .transform((entry) => [entry]);

const several = place
  .extend({ turns: z.array(answer.refine(hasOneAnswer, ONE_ANSWER)).min(1) })
  .transform(({ turns, ...at }) => turns.map((entry, i) => ({ ...at, turn: i + 1, ...entry })));

const entries = z.looseObject({}).transform((written, context): ScriptedCall[] => {
  const checked = ('turns' in written ? several : single).safeParse(written);
  if (checked.success) return checked.data;
  for (const { path, message } of checked.error.issues) context.addIssue({ code: 'custom', path, message });
  return z.NEVER;
});

const script = z.strictObject({
  script: z.literal(1),
  calls: z.array(entries).transform((written) => written.flat()),
});

/** One answer of a script; `delay`, `chunk_delay` and `retry_after` in ms. */
export type ScriptedCall = z.infer<typeof single>[number];
export type Script = z.infer<typeof script>;

/** Text may go along with calls of tools; everything else stands alone. */
function hasOneAnswer(entry: z.infer<typeof answer>): boolean {
  const given = ANSWERS.filter((name) => entry[name] !== undefined);
  const withText = given.length === 2 && given.includes('tool_calls');
  return given.length === 1 || (withText && (given.includes('reply') || given.includes('chunks')));
}

/** Reads and checks a script. @throws StepFailure `script_error` naming the file and every fault */
export async function readScript(path: string): Promise<Script> {
  const raw = await readYaml(path);
  const checked = script.safeParse(raw);
  if (checked.success) return checked.data;
  const faults = checked.error.issues.map(
    (issue) => `${issue.path.join('.') || 'the script'}: ${issue.message}`,
  );
  throw new StepFailure('script_error', `Script ${path} is invalid: ${faults.join('; ')}`);
}

async function readYaml(path: string): Promise<unknown> {
  try {
    const written: unknown = parse(await readFile(path, 'utf8'), { intAsBigInt: true });
    return mapBigInts(written, wholeNumber);
  } catch (error) {
    throw new StepFailure(
      'script_error',
      `Script ${path} (BATON_SCRIPT) cannot be read: ${messageOf(error)}`,
    );
  }
}

function toMs(written: string | number, context: z.RefinementCtx<string | number>): number {
  const parsed = parseDuration(written);
  if (parsed !== null) return parsed;
  context.addIssue({ code: 'custom', message: `"${written}" is no duration; write 200ms or 2s` });
  return z.NEVER;
}
