/**
 * The way from tools to Baton. There are two: over HTTP, to any installation (`baton mcp`), and in the process of the API
 * (`/mcp`). Both take the same requests, are refused for the same reasons, and answer JSON in the form of the contract.
 */
import type { Problem } from '../contract/problem.ts';
import type { Operation } from './operations.ts';

export interface Asked {
  /** What stands in the path, not encoded. */
  readonly params?: Readonly<Record<string, string>>;
  /** As in a URL: undefined is left out. */
  readonly query?: Readonly<Record<string, string | readonly string[] | undefined>>;
  /** JSON; a text is a definition. */
  readonly body?: unknown;
  /** Under the same key a change counts once. */
  readonly key?: string;
}

export interface Answer {
  /** 202: taken, and the run has not come to it yet. */
  readonly status: number;
  readonly body: unknown;
}

/** Operations whose answers may be of any size. */
export type ValueOperation = 'getRunOutput' | 'getRunStepOutput' | 'getBlob';

/** The beginning of the JSON text of a value. */
export interface Beginning {
  readonly text: string;
  readonly isWhole: boolean;
}

export interface Door {
  /** @throws Refusal, or what `signal` was aborted with */
  ask(operation: Exclude<Operation, ValueOperation>, asked: Asked, signal: AbortSignal): Promise<Answer>;
  /** At most so many characters of a value; the rest is not fetched. @throws Refusal */
  read(operation: ValueOperation, asked: Asked, most: number, signal: AbortSignal): Promise<Beginning>;
}

/** What Baton answers instead: a stable code, what is wrong and what to do. */
export class Refusal extends Error {
  readonly problem: ProblemTold;

  constructor(problem: ProblemTold) {
    super(problem.detail);
    this.name = 'Refusal';
    this.problem = problem;
  }
}

/** As much of a problem as every way has. */
export type ProblemTold = Pick<Problem, 'code' | 'detail'> & Partial<Problem>;

/** The media type of a body that is a definition. */
export function definitionType(text: string): 'application/json' | 'application/yaml' {
  return /^\s*\{/.test(text) ? 'application/json' : 'application/yaml';
}
