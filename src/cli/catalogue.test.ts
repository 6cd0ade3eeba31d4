import { describe, expect, it } from 'vitest';
import { refusalOf } from '../../test/docs/cli-example.ts';
import { GROUPS } from './catalogue.ts';
import { commandOf, createProgram } from './program.ts';

const NAMES = GROUPS.flatMap(({ commands }) => Object.keys(commands));
const EXAMPLES = GROUPS.flatMap(({ commands }) => Object.values(commands)).flatMap(
  ({ examples }) => examples,
);

describe('the catalogue', () => {
  it('names each command once, as it calls itself', async () => {
    const { commands } = await createProgram();
    expect(commands.map((command) => command.name())).toEqual([...NAMES, 'complete']);
    expect(new Set(NAMES).size).toBe(NAMES.length);
  });

  it.each(NAMES)('loads %s without the others', async (name) => {
    const { commands } = await createProgram(name);
    expect(commands.map((command) => command.name())).toContain(name);
    expect(commands.length).toBeLessThan(5);
  });

  it('loads all where no command is named', async () => {
    await expect(createProgram('frobnicate')).resolves.toHaveProperty('commands.length', NAMES.length + 1);
  });

  it('shows every command in its group', async () => {
    const help = (await createProgram()).helpInformation();
    for (const { heading, commands } of GROUPS) {
      const [, rest = ''] = help.split(`\n${heading}\n`);
      const [section = ''] = rest.split('\n\n');
      const shown = [...section.matchAll(/^ {2}([a-z]+)/gm)].map(([, name]) => name);
      expect(shown, heading).toEqual(Object.keys(commands));
    }
  });
});

describe('examples', () => {
  it('are there for every command', () => {
    const without = GROUPS.flatMap(({ commands }) =>
      Object.entries(commands).flatMap(([name, { examples }]) => (examples.length === 0 ? [name] : [])),
    );
    expect(without).toEqual([]);
  });

  it.each(EXAMPLES)('%s can be given', async (line) => {
    const [, args = ''] = /baton ([^)>]*)/.exec(line) ?? [];
    const words = [...args.matchAll(/"([^"]*)"|(\S+)/g)].map(([, quoted, plain]) => quoted ?? plain ?? '');
    expect(NAMES).toContain(commandOf(words));
    await expect(refusalOf(words)).resolves.toBeNull();
  });
});

it.each([
  [['list', '--limit', '3'], 'list'],
  [['--help'], undefined],
  [['--help', 'status'], 'status'],
  [[], undefined],
  [['--context', 'prod', 'list'], 'list'],
  [['--context=prod', 'list'], 'list'],
  [['--context', 'prod'], undefined],
])('of %j the command is %s', (words, command) => {
  expect(commandOf(words)).toBe(command);
});
