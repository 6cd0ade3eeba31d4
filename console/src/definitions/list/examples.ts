/** Definitions to begin with: the examples of the repository, each loaded when somebody wants it. */

const TEXTS = import.meta.glob<string>('../../../../examples/*.yaml', { query: '?raw', import: 'default' });

export interface Example {
  readonly name: string;
  readonly title: string;
  readonly says: string;
}

export const EXAMPLES: readonly Example[] = [
  {
    name: 'code-review',
    title: 'Code review',
    says: 'Four agents: two of them look at a change beside each other, the last one puts it together.',
  },
  {
    name: 'release-notes',
    title: 'Release notes',
    says: 'Typed inputs with defaults, and a step that runs only when something breaks.',
  },
  {
    name: 'fan-200',
    title: 'Fan of 200 steps',
    says: 'Wide, and needs no model: the quickest way to see a run.',
  },
  {
    name: 'planner',
    title: 'Plan, then do',
    says: 'A planner that adds the steps that a task needs, after a person has said yes.',
  },
];

const BLANK = `name: my-workflow
version: 1.0.0
description: What it is for

inputs:
  topic:
    type: string
    description: What it is about

steps:
  - key: research
    agent: plan
    prompt: 'What is to be known about {{ topic }}?'

  - key: write
    agent: docs
    prompt: 'Write it up: {{ research.result }}'
    dependencies: [research]
`;

/** The text of an example, or of a definition that has just begun. */
export async function templateText(name: string): Promise<string> {
  const load = TEXTS[`../../../../examples/${name}.yaml`];
  return load === undefined ? BLANK : load();
}
