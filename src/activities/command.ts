/**
 * Step kind `command`: an argv array without a shell, in an environment that holds next to nothing of the worker's.
 * Result: `{exit_code, stdout, stderr}`; an exit code other than 0 is a failure. Off unless the worker allows it.
 */
import { resolve } from 'node:path';
import { messageOf } from '../errors/errors.ts';
import type { JsonObject } from '../plan/json.ts';
import type { CommandSpec } from '../plan/plan.ts';
import { TOLD_BYTES } from '../protocol/failure.ts';
import { answerMemory, COPIES } from './answer-memory.ts';
import { commandEnvironment } from './processes/command-environment.ts';
import {
  runProcess,
  type ProcessMeans,
  type ProcessOutcome,
  type ProcessRequest,
} from './processes/run-process.ts';
import type { Snapshots } from './workspace/snapshots/snapshots.ts';
import { StepFailure } from './step-failure.ts';
import { tailOf } from './tools/clip.ts';
import type { Attempt, Perform } from './step-activity.ts';
import { asText, renderTexts } from './texts.ts';
import { resolveInside } from './places/inside.ts';
import { assertWorkspace, isDirectory } from './places/layout.ts';

export interface CommandOptions extends ProcessMeans {
  readonly allowed: boolean;
  /** Takes the snapshots of workspaces. */
  readonly snapshots?: Snapshots;
  /** The worker's environment. */
  readonly env: NodeJS.ProcessEnv;
}

/** Makes the kind for a worker. */
export function performCommand(options: CommandOptions): Perform<CommandSpec> {
  return async (attempt) => {
    if (!options.allowed) {
      throw new StepFailure(
        'not_allowed',
        'This worker does not run commands. Set BATON_ALLOW_COMMANDS=1 on a worker you trust with the definition.',
      );
    }
    const request = await requestOf(attempt, options.env);
    const outcome = await run(request, options);
    // A program may end politely when it is told to stop, and yet it has not done its work.
    if (attempt.signal.aborted) throw withOutput(attempt.signal.reason, outcome);
    const files = (await options.snapshots?.(attempt.input, attempt.signal)) ?? {};
    if (outcome.exitCode !== 0) throw exitFailure(request.argv, outcome).with(files);
    const { stdout, stderr } = outcome;
    await answerMemory.take(COPIES * (stdout.length + stderr.length));
    return { value: { exit_code: 0, stdout, stderr }, ...files };
  };
}

async function requestOf(
  { spec, input, render, signal }: Attempt<CommandSpec>,
  worker: NodeJS.ProcessEnv,
): Promise<ProcessRequest> {
  const inherited = commandEnvironment(worker, input.idempotencyKey);
  return {
    argv: spec.argv.map((node) => asText(render(node))),
    cwd: await directoryFor(spec.cwd === null ? null : asText(render(spec.cwd)), input.workspace),
    // Absent in activities that were scheduled before there were workspaces.
    workspace: input.workspace ?? null,
    trust: 'none',
    env: { ...inherited, ...renderTexts(spec.env, render), BATON_IDEMPOTENCY_KEY: input.idempotencyKey },
    stdin: spec.stdin === null ? '' : asText(render(spec.stdin)),
    signal,
  };
}

/** In a workspace a command stays inside it; elsewhere its author names any directory of the worker. */
async function directoryFor(cwd: string | null, workspace: string | null): Promise<string | null> {
  if (workspace == null) return cwd === null ? null : resolve(cwd);
  await assertWorkspace(workspace);
  try {
    return (await resolveInside(workspace, cwd ?? '.')).real;
  } catch (error) {
    throw cannotStart(`cwd: ${messageOf(error).replace(/\.$/, '')}`, error);
  }
}

async function run(request: ProcessRequest, means: ProcessMeans): Promise<ProcessOutcome> {
  if (!request.argv[0]) throw cannotStart('The command is empty: its first element must name a program');
  await assertDirectory(request.cwd);
  try {
    return await runProcess(request, means);
  } catch (error) {
    throw cannotStart(startProblem(request.argv[0], error), error);
  }
}

/** A missing directory and a missing program give the same ENOENT; this tells them apart. */
async function assertDirectory(cwd: string | null): Promise<void> {
  if (cwd === null) return;
  if (!(await isDirectory(cwd))) throw cannotStart(`cwd "${cwd}" is no directory on this worker`);
}

function startProblem(file: string, error: unknown): string {
  const code = (error as { code?: unknown }).code;
  if (code === 'ENOENT') return `Command "${file}" was not found on this worker's PATH`;
  if (code === 'EACCES') return `Command "${file}" may not be executed on this worker`;
  if (code === 'E2BIG') return `The arguments of "${file}" are too long for this system; use stdin`;
  return `Command "${file}" could not be started: ${messageOf(error)}`;
}

function cannotStart(reason: string, cause?: unknown): StepFailure {
  return new StepFailure('command_failed', `${reason}.`, { retryable: false }, { cause });
}

function exitFailure(argv: readonly string[], outcome: ProcessOutcome): StepFailure {
  const { exitCode, killedBy, stdout, stderr } = outcome;
  const how = killedBy === null ? `exited with code ${exitCode}` : `was killed by ${killedBy}`;
  const lastLine = lastLineOf(stderr) || lastLineOf(stdout);
  const message = `Command "${argv[0]}" ${how}${lastLine === '' ? '.' : `: ${lastLine}`}`;
  return new StepFailure('command_failed', message, { data: { exit_code: exitCode, ...told(outcome) } });
}

/** What ends the attempt early, with what the command had written by then. */
function withOutput(reason: unknown, outcome: ProcessOutcome): unknown {
  return reason instanceof StepFailure ? reason.with({ data: told(outcome) }) : reason;
}

function told({ killedBy, stdout, stderr }: ProcessOutcome): JsonObject {
  return {
    ...(killedBy === null ? {} : { signal: killedBy }),
    stdout_tail: tailOf(stdout, TOLD_BYTES),
    stderr_tail: tailOf(stderr, TOLD_BYTES),
  };
}

/** Of a long text no more than its end is looked at. */
function lastLineOf(text: string): string {
  return text.slice(-4_000).trimEnd().split('\n').at(-1)?.trim() ?? '';
}
