/**
 * `*.test.yaml`: a run that was saved, with the path and the output that it is to have. Whoever keeps it can change what is
 * expected, and what was recorded.
 */
import { readFileSync, writeFileSync } from 'node:fs';
import { parse, stringify } from 'yaml';
import { messageOf } from '../../errors/errors.ts';
import type { Json, JsonObject } from '../../plan/json.ts';
import { SHOWN_STEP_STATUSES } from '../../protocol/status.ts';
import { expectedOf } from '../../rehearsal/index.ts';
import type { Expected } from '../../rehearsal/index.ts';
import type { RecordedStep, Recording } from '../../recording/index.ts';
import { CliError, EXIT } from '../exit.ts';

export interface SavedTest {
  readonly recording: Recording;
  readonly expected: Expected;
}

const FORM = 1;

/** @throws CliError `file_exists` */
export function saveTest(file: string, recording: Recording): void {
  const { run, workflow, version, inputs, steps } = recording;
  const saved = {
    ...{ baton_test: FORM, run, workflow, version, inputs, steps },
    expect: expectedOf(recording),
  };
  const head = `# A run of ${workflow}. \`baton rehearse DEFINITION --against ${file}\` plays it, without a stack.\n`;
  try {
    writeFileSync(
      file,
      head + stringify(saved, { aliasDuplicateObjects: false, blockQuote: 'literal', lineWidth: 0 }),
      {
        flag: 'wx',
        mode: 0o600,
      },
    );
  } catch (error) {
    if ((error as { code?: unknown }).code !== 'EEXIST') throw unreadable(file, messageOf(error));
    throw new CliError(EXIT.usage, `${file} is there already; give another name, or remove it`, {
      code: 'file_exists',
    });
  }
}

/** @throws CliError `test_invalid` with the place */
export function readTest(file: string): SavedTest {
  let saved: Json;
  try {
    saved = exact(parse(readFileSync(file, 'utf8'), { intAsBigInt: true, maxAliasCount: 50 }));
  } catch (error) {
    throw unreadable(file, messageOf(error));
  }
  const whole = objectAt(file, saved, 'the file');
  if (whole['baton_test'] !== FORM) throw unreadable(file, `baton_test must be ${FORM}`);
  const steps = Object.entries(objectAt(file, whole['steps'], 'steps'));
  const expect = objectAt(file, whole['expect'], 'expect');
  const path = Object.entries(objectAt(file, expect['path'], 'expect.path'));
  const { status, output = null } = expect;
  if (status !== 'completed' && status !== 'failed')
    throw unreadable(file, 'expect.status must be completed or failed');
  return {
    recording: {
      run: textAt(file, whole['run'], 'run'),
      workflow: textAt(file, whole['workflow'], 'workflow'),
      version: whole['version'] === null ? null : textAt(file, whole['version'], 'version'),
      status,
      inputs: objectAt(file, whole['inputs'], 'inputs'),
      steps: Object.fromEntries(steps.map(([key, step]) => [key, stepAt(file, step, `steps.${key}`)])),
      output,
    },
    expected: {
      status,
      path: Object.fromEntries(path.map(([key, to]) => [key, textAt(file, to, `expect.path.${key}`)])),
      output,
    },
  };
}

function stepAt(file: string, value: Json, at: string): RecordedStep {
  const { status, result, error, definition } = objectAt(file, value, at);
  const known = SHOWN_STEP_STATUSES.find((one) => one === status);
  if (known === undefined)
    throw unreadable(file, `${at}.status must be one of ${SHOWN_STEP_STATUSES.join(', ')}`);
  return {
    status: known,
    ...(result === undefined ? {} : { result }),
    ...(error === undefined ? {} : { error: errorAt(file, error, `${at}.error`) }),
    ...(definition === undefined ? {} : { definition: textAt(file, definition, `${at}.definition`) }),
  };
}

function errorAt(file: string, value: Json, at: string): NonNullable<RecordedStep['error']> {
  const { type, message, data } = objectAt(file, value, at);
  const told = { type: textAt(file, type, `${at}.type`), message: textAt(file, message, `${at}.message`) };
  return data === undefined ? told : { ...told, data: objectAt(file, data, `${at}.data`) };
}

function objectAt(file: string, value: Json | undefined, at: string): JsonObject {
  if (typeof value === 'object' && value !== null && !Array.isArray(value)) return value as JsonObject;
  throw unreadable(file, `${at} must be a map`);
}

function textAt(file: string, value: Json | undefined, at: string): string {
  if (typeof value === 'string') return value;
  throw unreadable(file, `${at} must be a text`);
}

/** Whole numbers as they were written; those that a number can hold are numbers. */
function exact(value: unknown): Json {
  if (typeof value === 'bigint') return Number.isSafeInteger(Number(value)) ? Number(value) : value;
  if (Array.isArray(value)) return value.map(exact);
  if (typeof value !== 'object' || value === null) return value as Json;
  return Object.fromEntries(Object.entries(value).map(([name, member]) => [name, exact(member)]));
}

const unreadable = (file: string, why: string): CliError =>
  new CliError(EXIT.usage, `${file}: ${why}`, { code: 'test_invalid' });
