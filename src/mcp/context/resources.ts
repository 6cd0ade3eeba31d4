/** Runs and definitions as resources: what a client attaches to a conversation without calling a tool. All of them are read. */
import type { Resource, ResourceTemplate } from '@modelcontextprotocol/sdk/types.js';
import type { RunMessage } from '../../contract/message.ts';
import type { RunNow } from '../../contract/run.ts';
import type { Page } from '../../contract/shared/common.ts';
import type { Step } from '../../contract/step.ts';
import type { ListedWorkflow, VersionDetail, WorkflowDetail } from '../../contract/workflow.ts';
import { safeText } from '../../log/safe-text.ts';
import { beginningOf } from '../answers/bounded.ts';
import { briefRun, runText } from '../answers/brief-run.ts';
import { briefSteps, stepText } from '../answers/brief-step.ts';
import { threadText } from '../answers/thread.ts';
import { Refusal, type Asked, type Door, type ValueOperation } from '../door.ts';
import type { Operation } from '../operations.ts';

export const TEMPLATES: readonly ResourceTemplate[] = [
  {
    uriTemplate: 'baton://runs/{id}',
    name: 'run',
    title: 'A run',
    description: 'How a run stands: status, steps, what it waits for, what it has used.',
    mimeType: 'text/plain',
  },
  {
    uriTemplate: 'baton://runs/{id}/thread',
    name: 'thread',
    title: 'The thread of a run',
    description: 'What people and agents have said in a run: the newest 200 entries.',
    mimeType: 'text/plain',
  },
  {
    uriTemplate: 'baton://definitions/{name}',
    name: 'definition',
    title: 'A definition',
    description: 'The text of the newest version of a definition, or of `name@version`.',
    mimeType: 'application/yaml',
  },
];

/** Characters of a resource. */
const MOST = 200_000;
const LISTED = '20';

/** Asks for what resources are made of. */
export class Resources {
  readonly #door: Door;
  readonly #signal: AbortSignal;

  constructor(door: Door, signal: AbortSignal) {
    this.#door = door;
    this.#signal = signal;
  }

  /** The newest runs, and definitions. */
  async list(): Promise<Resource[]> {
    const query = { limit: LISTED };
    const [runs, workflows] = await Promise.all([
      this.#ask<Page<RunNow>>('listRuns', { query }),
      this.#ask<Page<ListedWorkflow>>('listWorkflows', { query }),
    ]);
    const ofRuns = runs.items.map(({ id, workflow, status }) => ({
      uri: `baton://runs/${encodeURIComponent(id)}`,
      ...{ name: id, description: `A run of ${workflow}: ${status}`, mimeType: 'text/plain' },
    }));
    const ofWorkflows = workflows.items.map(({ name, title, description }) => ({
      uri: `baton://definitions/${encodeURIComponent(name)}`,
      ...{ name, ...(title !== null && { title }), description: description ?? 'A definition' },
      mimeType: 'application/yaml',
    }));
    return [...ofRuns, ...ofWorkflows];
  }

  /** @throws Refusal `run_not_found`, `workflow_not_found`, or `invalid_request` for what is no resource */
  async read(uri: string): Promise<{ readonly text: string; readonly mimeType: string }> {
    const [, kind, name = '', part] = /^baton:\/\/(runs|definitions)\/([^/?#]+)(\/thread)?$/.exec(uri) ?? [];
    const id = decoded(name);
    if (kind === undefined || id === undefined || (kind === 'definitions' && part !== undefined))
      throw noResource(uri);
    if (kind === 'definitions') return { text: await this.#definition(id), mimeType: 'application/yaml' };
    const text = part === undefined ? await this.#run(id) : await this.#thread(id);
    return { text: safeText(beginningOf(text, MOST)), mimeType: 'text/plain' };
  }

  /** Ids of runs, or names of definitions, that begin so; the newest first. */
  async complete(argument: string, value: string): Promise<string[]> {
    if (argument === 'name' || argument === 'workflow') {
      const query = { limit: '100', ...(value !== '' && { search: value }) };
      const { items } = await this.#ask<Page<ListedWorkflow>>('listWorkflows', { query });
      return items.map(({ name }) => name).filter((name) => name.startsWith(value));
    }
    const query = { limit: '100', ...(value !== '' && { id_prefix: value }) };
    const { items } = await this.#ask<Page<RunNow>>('listRuns', { query });
    return items.map(({ id }) => id);
  }

  async #run(id: string): Promise<string> {
    const params = { id };
    const now = await this.#ask<RunNow>('getRun', { params });
    const { items } = await this.#ask<Page<Step>>('listRunSteps', { params });
    const { steps, more_steps: more } = briefSteps(items, 200);
    const rest = more === 0 ? [] : [`  … and ${more} more steps`];
    return [runText(briefRun(now)), ...steps.map(stepText), ...rest].join('\n');
  }

  async #thread(id: string): Promise<string> {
    const asked = { params: { id }, query: { order: 'desc', limit: '200' } };
    const { items } = await this.#ask<Page<RunMessage>>('listRunMessages', asked);
    return threadText(items.toReversed());
  }

  async #definition(name: string): Promise<string> {
    const workflow = await this.#ask<WorkflowDetail>('getWorkflow', { params: { name } });
    const params = { name: workflow.name, version: workflow.selected.version };
    return (await this.#ask<VersionDetail>('getWorkflowVersion', { params })).source;
  }

  async #ask<T>(operation: Exclude<Operation, ValueOperation>, asked: Asked): Promise<T> {
    return (await this.#door.ask(operation, asked, this.#signal)).body as T;
  }
}

function decoded(text: string): string | undefined {
  try {
    return decodeURIComponent(text);
  } catch {
    return undefined;
  }
}

function noResource(uri: string): Refusal {
  const forms = TEMPLATES.map(({ uriTemplate }) => uriTemplate).join(', ');
  return new Refusal({
    code: 'invalid_request',
    detail: `"${uri}" is no resource of Baton. There are ${forms}.`,
  });
}
