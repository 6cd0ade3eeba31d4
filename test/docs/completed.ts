/** Makes a whole definition of what a block of the documentation shows of one. */
import { parse } from 'yaml';

interface Shown {
  readonly name?: string;
  readonly inputs?: unknown;
  readonly steps?: readonly unknown[];
  readonly agents?: Readonly<Record<string, unknown>>;
}

interface ShownStep {
  readonly key: string;
  readonly dependencies?: readonly string[];
}

const HEAD = 'name: whole\nversion: 1.0.0\n';
const stub = (key: string): string => `- { key: ${key}, transform: '1' }\n`;

/**
 * A list gets a head and the steps that it depends on; a part of a definition gets a head, steps that use its agents or
 * its inputs, and a declaration of the inputs that it names.
 */
export function completed(text: string): string {
  const shown = parse(text) as Shown | readonly ShownStep[];
  return isList(shown) ? withDependencies(shown, text) : withSteps(shown, text);
}

const isList = (shown: Shown | readonly ShownStep[]): shown is readonly ShownStep[] => Array.isArray(shown);

function withDependencies(steps: readonly ShownStep[], text: string): string {
  const keys = new Set(steps.map(({ key }) => key));
  const before = new Set(
    steps.flatMap(({ dependencies = [] }) => dependencies).filter((key) => !keys.has(key)),
  );
  return `${HEAD}steps:\n${[...before].map(stub).join('')}${text}`;
}

function withSteps({ name, inputs, steps, agents = {} }: Shown, text: string): string {
  const users = Object.keys(agents).map((agent) => `- { key: s-${agent}, agent: ${agent}, prompt: Work }\n`);
  const others = inputs === undefined ? stub('some') : '- { key: some, transform: inputs }\n';
  const some = steps === undefined ? `steps:\n${users.join('') || others}` : '';
  const head = name === undefined ? `${HEAD}${inputs === undefined ? declared(text) : ''}` : '';
  return `${head}${some}${text}`;
}

/** The inputs that templates name without more. */
function declared(text: string): string {
  const names = [...text.matchAll(/\{\{ *(\w+) *\}\}/g)].map(([, name]) => `${name}: any`);
  return names.length === 0 ? '' : `inputs: { ${names.join(', ')} }\n`;
}
