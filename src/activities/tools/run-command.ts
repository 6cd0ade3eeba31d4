/**
 * Tool `run_command`: a program in the workspace, by argv and without a shell. Off unless the worker allows it. Nothing
 * of its process group survives the call.
 */
import { z } from 'zod';
import { alarmAfter } from '../../alarm.ts';
import { messageOf } from '../../errors/errors.ts';
import { commandEnvironment } from '../processes/command-environment.ts';
import {
  runProcess,
  type ProcessMeans,
  type ProcessOutcome,
  type ProcessRequest,
} from '../processes/run-process.ts';
import { codeOf, quoted } from '../places/inside.ts';
import { isDirectory } from '../places/layout.ts';
import { clipMiddle, MAX_REPLY_BYTES } from './clip.ts';
import { pathInside } from './files/workspace-file.ts';
import { builtIn, ToolRefusal, type BuiltInTool, type ToolContext, type ToolReply } from './tool.ts';

const DEFAULT_SECONDS = 120;
const MAX_SECONDS = 3_600;
/** Longest command line in a comment, in characters. */
const COMMAND_CHARS = 120;

const input = z.strictObject({
  argv: z
    .array(z.string())
    .min(1)
    .describe(
      'Program and arguments, such as ["npm", "test"]. There is no shell: no pipes, no &&, no globs.',
    ),
  cwd: z.string().optional().describe('Folder to run in, relative to the workspace.'),
  stdin: z.string().optional(),
  timeout_seconds: z
    .number()
    .positive()
    .max(MAX_SECONDS)
    .optional()
    .describe(`${DEFAULT_SECONDS} when left out.`),
  purpose: z
    .string()
    .max(100)
    .optional()
    .describe('What it is for, in two or three words: "Build verification".'),
});
type Wanted = z.infer<typeof input>;

export interface RunCommandOptions extends ProcessMeans {
  readonly allowed: boolean;
  /** The worker's environment. */
  readonly env: NodeJS.ProcessEnv;
}

/** Makes the tool for a worker. */
export function runCommandTool(options: RunCommandOptions): BuiltInTool {
  return builtIn({
    name: 'run_command',
    description:
      'Runs a program in the workspace and answers with exit code, stdout and stderr. No shell; at most 64 KB of output.',
    input,
    run: async (wanted, context) => {
      if (!options.allowed) {
        throw new ToolRefusal(
          'This worker does not run commands. Do without, and say what should be run. (Whoever runs the worker may set BATON_ALLOW_COMMANDS=1.)',
        );
      }
      return run(wanted, context, options);
    },
  });
}

async function run(wanted: Wanted, context: ToolContext, options: RunCommandOptions): Promise<ToolReply> {
  const folder = await pathInside(context.workspace, wanted.cwd ?? '.');
  if (!(await isDirectory(folder.real))) throw new ToolRefusal(`cwd ${quoted(folder.shown)} is no folder.`);
  const seconds = wanted.timeout_seconds ?? DEFAULT_SECONDS;
  const alarm = alarmAfter(seconds * 1_000);
  const request: ProcessRequest = {
    argv: wanted.argv,
    cwd: folder.real,
    workspace: context.workspace,
    trust: 'none',
    env: commandEnvironment(options.env, context.idempotencyKey),
    stdin: wanted.stdin ?? '',
    signal: AbortSignal.any([context.signal, alarm]),
  };
  const outcome = await start(request, options);
  context.signal.throwIfAborted();
  return replyTo(masked(wanted, context), outcome, alarm.aborted ? seconds : null);
}

async function start(request: ProcessRequest, means: ProcessMeans): Promise<ProcessOutcome> {
  try {
    return await runProcess(request, means);
  } catch (error) {
    const program = quoted(request.argv[0] ?? '');
    const code = codeOf(error);
    if (code === 'ENOENT')
      throw new ToolRefusal(`There is no program ${program} on this worker. argv has no shell behind it.`);
    if (code === 'EACCES') throw new ToolRefusal(`${program} may not be executed.`);
    if (code === 'E2BIG') throw new ToolRefusal('The arguments are too long; use stdin.');
    throw new ToolRefusal(`${program} could not be started: ${messageOf(error)}.`);
  }
}

/** Before its line is cut for the comment. */
function masked(wanted: Wanted, { masking }: ToolContext): Wanted {
  return { ...wanted, argv: wanted.argv.map((argument) => masking.mask(argument)) };
}

function replyTo(wanted: Wanted, outcome: ProcessOutcome, stoppedAfter: number | null): ToolReply {
  const passed = stoppedAfter === null && outcome.exitCode === 0;
  const how = howItEnded(outcome, stoppedAfter);
  const half = MAX_REPLY_BYTES / 2;
  const parts = [
    passed ? 'exit code 0' : how,
    outcome.stdout === '' ? '' : `stdout:\n${clipMiddle(outcome.stdout, half)}`,
    outcome.stderr === '' ? '' : `stderr:\n${clipMiddle(outcome.stderr, half)}`,
  ];
  return {
    value: parts.filter((part) => part !== '').join('\n'),
    isError: !passed,
    comment: `${titleOf(wanted)}: ${passed ? 'PASSED' : 'FAILED'} (${how})`,
  };
}

function howItEnded({ exitCode, killedBy }: ProcessOutcome, stoppedAfter: number | null): string {
  if (stoppedAfter !== null) return `stopped after ${stoppedAfter} s`;
  return exitCode === null ? `killed by ${killedBy}` : `exit code ${exitCode}`;
}

function titleOf({ argv, purpose }: Wanted): string {
  if (purpose !== undefined && purpose.trim() !== '') return purpose.trim();
  const line = argv.join(' ').replace(/\s+/g, ' ');
  return line.length <= COMMAND_CHARS ? line : `${line.slice(0, COMMAND_CHARS - 1)}…`;
}
