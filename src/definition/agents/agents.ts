/**
 * All agents that a definition can name: its own, those of agent files, the built-in ones; each layer covers the one
 * below, field by field. Files that nobody names are not looked at.
 */
import type { Json, JsonObject } from '../../plan/json.ts';
import type { Plan } from '../../plan/plan.ts';
import { MAX_AGENTS } from '../text/effort.ts';
import { parseDefinition } from '../text/parse.ts';
import { Problems, type DefinitionProblem } from '../text/problem.ts';
import { compileAgent, profileOf, rosterAgent, unknownAgent, type Agent } from './agent.ts';
import { ROSTER_NAMES } from './roster.ts';

/** A file that describes an agent: its name, for messages, and its text, or why there is none. */
export type AgentFile = { readonly file: string } & ({ readonly text: string } | { readonly fault: string });

export type AgentFiles = Readonly<Record<string, AgentFile>>;

const NAME = /^[A-Za-z][A-Za-z0-9_-]{0,63}$/;

export class Agents {
  readonly #declared = new Map<string, Agent>();
  readonly #fromFiles = new Map<string, Agent>();
  readonly #named = new Set<string>();
  #listener: Set<string> | null = null;
  readonly #files: AgentFiles;
  readonly #workspace: boolean;
  readonly #problems: Problems;
  readonly #fileErrors: DefinitionProblem[] = [];
  readonly #fileWarnings: DefinitionProblem[] = [];

  /** @param declared `agents` of the definition, whatever it is. */
  constructor(declared: Json | undefined, files: AgentFiles, workspace: boolean, problems: Problems) {
    this.#files = files;
    this.#workspace = workspace;
    this.#problems = problems;
    if (typeof declared !== 'object' || declared === null || Array.isArray(declared)) return;
    const agents = Object.entries(declared as JsonObject);
    if (agents.length <= MAX_AGENTS) for (const [name, value] of agents) this.#declare(name, value);
    else this.#noteTooMany(agents.length);
  }

  /** Ends with the names that have been named since. */
  listen(): () => ReadonlySet<string> {
    const heard = new Set<string>();
    this.#listener = heard;
    return () => {
      this.#listener = null;
      return heard;
    };
  }

  /** The agent that a step names; undefined when there is none. */
  named(name: string): Agent | undefined {
    this.#named.add(name);
    this.#listener?.add(name);
    return this.#find(name);
  }

  names(): readonly string[] {
    return [...new Set([...this.#declared.keys(), ...this.#namesBelow()])];
  }

  /** Those of the definition itself. */
  declared(): readonly string[] {
    return [...this.#declared.keys()];
  }

  /** What the plan keeps of the agents that steps named. */
  profiles(): Plan['agents'] {
    return Object.fromEntries(
      [...this.#named].map((name) => [name, profileOf(this.#find(name) ?? unknownAgent(name))]),
    );
  }

  /** What is wrong with the agent files that were named. */
  get fileErrors(): readonly DefinitionProblem[] {
    return this.#fileErrors;
  }

  /** What is doubtful about them. */
  get fileWarnings(): readonly DefinitionProblem[] {
    return this.#fileWarnings;
  }

  noteUnused(): void {
    for (const name of this.#declared.keys()) {
      if (this.#named.has(name)) continue;
      const message = `No step names the agent "${name}".`;
      this.#problems.warn(
        'agent_unused',
        ['agents', name],
        message,
        'Name it in a step, or remove it.',
        'key',
      );
    }
  }

  #noteTooMany(count: number): void {
    const message = `The definition declares ${count} agents; the limit is ${MAX_AGENTS}.`;
    this.#problems.end('too_many_agents', ['agents'], message, 'Put agents into files of their own.');
  }

  #declare(name: string, value: Json): void {
    const path = ['agents', name];
    if (!NAME.test(name)) {
      const message = `The agent's name ${JSON.stringify(name)} must begin with a letter and hold only letters, digits, "_" and "-" (at most 64).`;
      this.#problems.error('agent_name_invalid', path, message, 'Choose another name.', 'key');
    }
    const below = { find: (other: string) => this.#findBelow(other), names: () => this.#namesBelow() };
    const workspace = this.#workspace ? 'yes' : 'no';
    this.#declared.set(name, compileAgent(name, value, below, { path, problems: this.#problems, workspace }));
  }

  #find(name: string): Agent | undefined {
    return this.#declared.get(name) ?? this.#findBelow(name);
  }

  #findBelow(name: string): Agent | undefined {
    const file = Object.hasOwn(this.#files, name) ? this.#files[name] : undefined;
    if (file === undefined) return rosterAgent(name, this.#workspace);
    const known = this.#fromFiles.get(name);
    if (known !== undefined) return known;
    const agent = this.#read(name, file);
    this.#fromFiles.set(name, agent);
    return agent;
  }

  #namesBelow(): readonly string[] {
    return [...new Set([...Object.keys(this.#files), ...ROSTER_NAMES])];
  }

  #read(name: string, given: AgentFile): Agent {
    const { file } = given;
    const parsed = 'text' in given ? parseDefinition(given.text, { file }) : unread(given);
    if ('errors' in parsed) {
      this.#fileErrors.push(...parsed.errors);
      return unknownAgent(name);
    }
    const problems = new Problems(parsed.source);
    const find = (other: string): Agent | undefined => rosterAgent(other, this.#workspace);
    const layer = { path: [], problems, workspace: this.#workspace ? 'yes' : 'later' } as const;
    const agent = compileAgent(name, parsed.source.value, { find, names: () => ROSTER_NAMES }, layer);
    this.#fileErrors.push(...problems.errors);
    this.#fileWarnings.push(...parsed.warnings, ...problems.warnings);
    return agent;
  }
}

function unread({ file, fault }: { readonly file: string; readonly fault: string }) {
  const place = { file, line: 1, column: 1, path: '' };
  return { errors: [{ ...place, code: 'agent_file_invalid', message: fault }] };
}
