/** Entry of `baton`: runs one command, and turns whatever it throws into one message and an exit code. */
import { CommanderError } from 'commander';
import { BatonError, messageOf, UnavailableError } from '../errors/errors.ts';
import { CliError, EXIT, type ExitCode } from './exit.ts';
import { inputsHelp } from './input/inputs-help.ts';
import { writeTo } from './terminal/output.ts';
import { commandOf, createProgram } from './program.ts';
import { writeJson } from '../plan/exact-json.ts';

// `baton events RUN | head` closes the pipe early; that is no failure.
process.stdout.on('error', (error: NodeJS.ErrnoException) => {
  if (error.code === 'EPIPE') process.exit(EXIT.done);
  throw error;
});

const words = process.argv.slice(2);
const program = await createProgram(commandOf(words));
try {
  await program.parseAsync();
} catch (error) {
  process.exitCode = tell(error);
  await tellInputs(error);
}

/** `baton run FILE --help`: what the definition takes stands below. */
async function tellInputs(error: unknown): Promise<void> {
  try {
    const text = await inputsHelp(program, words, error);
    if (text !== undefined) writeTo(process.stdout, text);
  } catch (fault) {
    process.exitCode = tell(fault);
  }
}

/** Says what went wrong, as text or as JSON, and answers the exit code. */
function tell(error: unknown): ExitCode {
  // Commander has said it already: help, a version, or what was wrong with the arguments.
  if (error instanceof CommanderError) return error.exitCode === 0 ? EXIT.done : EXIT.usage;
  const exitCode = exitCodeOf(error);
  if (wantsJson(process.argv)) {
    const problem =
      error instanceof CliError ? error.problem : { detail: messageOf(error), code: codeOf(error) };
    writeTo(process.stderr, `${writeJson(problem)}\n`);
  } else {
    writeTo(process.stderr, `baton: ${messageOf(error)}\n`);
    if (!(error instanceof CliError) && !(error instanceof BatonError) && error instanceof Error) {
      writeTo(process.stderr, '  (a bug: BATON_LOG_LEVEL=debug shows where)\n');
      if (process.env['BATON_LOG_LEVEL'] === 'debug') writeTo(process.stderr, `${error.stack}\n`);
    }
  }
  return exitCode;
}

function exitCodeOf(error: unknown): ExitCode {
  if (error instanceof CliError) return error.exitCode;
  return error instanceof UnavailableError ? EXIT.unreachable : EXIT.failed;
}

function codeOf(error: unknown): string {
  return error instanceof BatonError ? error.code : 'internal';
}

function wantsJson(argv: readonly string[]): boolean {
  return argv.some(
    (word, i) =>
      word === '-ojson' ||
      word === '--output=json' ||
      (/^(-o|--output)$/.test(word) && argv[i + 1] === 'json'),
  );
}
