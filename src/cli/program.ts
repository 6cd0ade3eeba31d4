/** The program `baton`: its commands by name, loaded as far as they are needed. */
import { Command } from 'commander';
import { GROUPS, type Entry } from './catalogue.ts';
import { wordsOfCommand } from './input/words-of-command.ts';
import { nameContext } from './contexts/named-context.ts';
import { batonVersion } from '../places.ts';

/**
 * A program that throws instead of ending the process.
 *
 * @param wanted Name of the command that will be called; what is none, or nothing, loads them all.
 */
export async function createProgram(wanted?: string): Promise<Command> {
  const program: Command = new Command('baton')
    .description('Durable AI-agent workflows: a DAG in YAML or JSON, run on Temporal, readable in Postgres.')
    .version(batonVersion(), '-V, --version')
    .showHelpAfterError('(baton --help, baton COMMAND --help)')
    // Several commands have options of that name.
    .enablePositionalOptions()
    .option(CONTEXT_OPTION, 'work with this installation (baton context)')
    .hook('preAction', () => nameContext(program.opts<{ context?: string }>().context))
    .exitOverride()
    .addHelpText(
      'after',
      '\nRUN is the id of a run. `--help` behind a command tells more, with examples.' +
        '\nExit codes: 0 done, 1 the run failed or the definition is invalid, 2 wrong use, 3 cannot reach the stack; of rehearse also 4.',
    );
  const known = GROUPS.flatMap(({ commands }) => Object.entries(commands));
  const chosen = known.filter(([name]) => name === wanted);
  await addCommands(program, chosen.length > 0 || wanted === COMPLETE ? chosen : known);
  program
    .command(COMPLETE, { hidden: true })
    .description('answer a shell that completes a command')
    .argument('[words...]')
    .action(async (words: readonly string[]) => {
      const { answerShell } = await import('./commands/stack/completion.ts');
      await answerShell(createProgram, words);
    });
  return program;
}

/** What the scripts of `completion` call. */
const COMPLETE = 'complete';
const CONTEXT_OPTION = '--context <name>';

async function addCommands(program: Command, entries: readonly (readonly [string, Entry])[]): Promise<void> {
  const adders = await Promise.all(entries.map(([, { load }]) => load()));
  for (const add of new Set(adders)) add(program, createProgram);
  for (const { heading, commands } of GROUPS) {
    for (const command of program.commands) {
      const entry = commands[command.name()];
      if (entry === undefined) continue;
      command.helpGroup(heading);
      if (entry.examples.length > 0) command.addHelpText('after', examplesText(entry.examples));
    }
  }
}

function examplesText(examples: readonly string[]): string {
  return `\n${['Examples:', ...examples.map((line) => `  ${line}`)].join('\n')}`;
}

/** The first word of a command line that is no option, and no value of one: the command's name. */
export function commandOf(words: readonly string[]): string | undefined {
  return wordsOfCommand(words)[0];
}
