/** `baton up` and `baton down`: the stack on this machine, in the foreground or in the background. */
import type { Command } from 'commander';
import type { Config } from '../../../config.ts';
import { messageOf } from '../../../errors/errors.ts';
import type { StackInfo } from '../../../stack/home/stack-file.ts';
import type { AlreadyRunning, Stack } from '../../../stack/supervisor.ts';
import { DEMO_SCRIPT } from '../../input/checkout.ts';
import { CliError, EXIT } from '../../exit.ts';
import { note, print, withFormat, type FormatOption } from '../../terminal/output.ts';
import { cliConfig } from '../../client/target.ts';

interface UpOptions extends FormatOption {
  readonly detach?: boolean;
  readonly demo?: boolean;
}

/** A stop takes 20 s at most; the rest is for a machine under load. */
const STOP_MS = 40_000;

export function addUp(program: Command): void {
  withFormat(program.command('up'))
    .description('start Postgres, Temporal, API, projector and workers on this machine')
    .option('-d, --detach', 'in the background: returns when the stack is ready')
    .option('--demo', 'publish the examples and run the code review on a real git diff')
    .action(async (options: UpOptions) => {
      const config = withDemoScript(cliConfig());
      if (options.detach === true) await inBackground(config, options);
      else await inForeground(config, options);
    });
}

/** Loaded when needed: a list of all commands needs no supervisor. */
const stackTexts = () => import('../../local/stack-text.ts');
const detached = () => import('../../local/detached.ts');
const demo = () => import('../../local/demo.ts');
const supervisor = () => import('../../../stack/supervisor.ts');

export function addDown(program: Command): void {
  withFormat(program.command('down'))
    .description('stop the stack of this BATON_HOME')
    .action(async (options: FormatOption) => {
      const home = cliConfig().BATON_HOME;
      const [{ supervisorOf }, { endProcess }, { endLeftovers }] = await Promise.all([
        import('../../../stack/home/home-claim.ts'),
        import('../../../stack/home/process-record.ts'),
        import('../../../stack/servers/leftovers.ts'),
      ]);
      const pid = supervisorOf(home);
      if (pid !== undefined) await endProcess(pid, 'SIGTERM', STOP_MS);
      await endLeftovers(home, note);
      const stopped = pid !== undefined;
      print(options.output, { stopped, pid: pid ?? null }, () =>
        stopped ? 'stopped' : `nothing runs in ${home}`,
      );
    });
}

async function inBackground(config: Config, options: UpOptions): Promise<void> {
  const [{ startDetached }, { stackText }] = await Promise.all([detached(), stackTexts()]);
  const info = await startDetached(config);
  print(options.output, info, () => stackText(info, config));
  if (options.demo === true) await (await demo()).runDemo(info, config);
}

async function inForeground(config: Config, options: UpOptions): Promise<void> {
  surviveClosedTerminal();
  const signal = firstSignal();
  const [{ toldParent }, { stackText }, { startStack }] = await Promise.all([
    detached(),
    stackTexts(),
    supervisor(),
  ]);
  const parent = toldParent();
  const started = await Promise.race([
    startStack(config, (line) => (parent ? parent.report(line) : note(line))),
    signal,
  ]);
  // While it starts there is nothing to be lost: the children go with this process.
  if (typeof started === 'string') process.exit(130);
  if (!isStack(started)) throw alreadyRunning(started, config);
  parent?.ready(started.info);
  print(options.output, started.info, () => stackText(started.info, config));
  // The stack stays up whatever becomes of what is shown meanwhile.
  showWork(started.info, config, options).catch((error: unknown) => note(messageOf(error)));
  note(`stopping (${await signal})`);
  await started.stop();
  note('stopped; the next start finds everything again');
  process.exit(EXIT.done);
}

async function showWork(info: StackInfo, config: Config, options: UpOptions): Promise<void> {
  await (await stackTexts()).announceEarlierRuns(info);
  if (options.demo === true) await (await demo()).runDemo(info, config);
}

/** The scripted model needs a script; the examples have one. */
function withDemoScript(config: Config): Config {
  return config.BATON_SCRIPT === undefined ? { ...config, BATON_SCRIPT: DEMO_SCRIPT } : config;
}

const isStack = (started: Stack | AlreadyRunning): started is Stack => 'stop' in started;

function alreadyRunning({ holder, info }: AlreadyRunning, config: Config): CliError {
  const where = info === undefined ? 'it is starting or stopping' : `API ${info.api}`;
  const message = `Baton runs already in ${config.BATON_HOME} (process ${holder}, ${where}). Stop it with \`baton down\`.`;
  return new CliError(EXIT.usage, message, { code: 'already_running', ...info });
}

/** A closed terminal must not cut a stop short: what cannot be said is not said. */
function surviveClosedTerminal(): void {
  for (const stream of [process.stdout, process.stderr]) {
    stream.removeAllListeners('error').on('error', () => undefined);
  }
}

const SIGNALS = ['SIGINT', 'SIGTERM', 'SIGHUP'] as const;
/** A Ctrl-C may come twice at once, from the terminal and from npm. */
const ECHO_MS = 1_000;

/** Resolves at the first request to stop; a later one ends the process at once. */
function firstSignal(): Promise<NodeJS.Signals> {
  return new Promise((resolve) => {
    let first: number | undefined;
    const hear = (name: NodeJS.Signals) => {
      first ??= Date.now();
      if (Date.now() - first > ECHO_MS) process.exit(130);
      resolve(name);
    };
    for (const name of SIGNALS) process.on(name, hear);
  });
}
