/** The format of scripts for the provider `scripted`: a YAML (or JSON) file, checked whole before it is used. */
import { readFile } from 'node:fs/promises';
import { parse } from 'yaml';
import { z } from 'zod';
import { messageOf } from '../../../errors/errors.ts';
import { parseDuration } from '../../../plan/duration.ts';
import { isFailureCode } from '../../../protocol/failure.ts';
import { StepFailure } from '../../step-failure.ts';

const tokens = z.number().int().min(0);
const failureCode = z.string().refine(isFailureCode, { error: 'is no failure code' });
const duration = z.union([z.number(), z.string()]).transform(toMs);
const ANSWERS = ['reply', 'reply_json', 'chunks', 'fail'] as const;

const call = z
  .strictObject({
    workflow: z.string().optional(),
    step: z.string(),
    attempt: z.number().int().min(1).optional(),
    expect: z.union([z.string().transform((text) => [text]), z.array(z.string())]).default([]),
    delay: duration.default(0),
    reply: z.string().optional(),
    reply_json: z.json().optional(),
    chunks: z.array(z.string()).optional(),
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
  })
  .refine((entry) => ANSWERS.filter((name) => entry[name] !== undefined).length === 1, {
    error: `needs exactly one of ${ANSWERS.join(', ')}`,
  });

const script = z.strictObject({ script: z.literal(1), calls: z.array(call) });

/** One answer of a script; `delay` and `retry_after` in ms. */
export type ScriptedCall = z.infer<typeof call>;
export type Script = z.infer<typeof script>;

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
    return parse(await readFile(path, 'utf8'));
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
