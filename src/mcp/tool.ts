/**
 * What a tool is. Each is declared once (`tools/`): its name, what it is for, what it takes, which operations it is made of, and
 * how it answers. From that come the list that a client gets, the checks of what it sends, and what its scope allows.
 */
import type { z } from 'zod';
import type { Asked, Beginning, ValueOperation } from './door.ts';
import type { Operation } from './operations.ts';
import type { Scope } from './scope.ts';

/** What a tool has of the call that it answers. */
export interface Call<Op extends Operation = Operation> {
  /** The answer of Baton, in the form of the contract. @throws Refusal */
  readonly ask: <T>(operation: Exclude<Op, ValueOperation>, asked?: Asked) => Promise<T>;
  /** The same of what a run is asked to do: `done` is false while it has not come to it. */
  readonly order: <T>(
    operation: Exclude<Op, ValueOperation>,
    asked: Asked,
  ) => Promise<{ readonly done: boolean; readonly answer: T }>;
  /** The beginning of a value of any size. @throws Refusal */
  readonly read: (operation: Op & ValueOperation, asked: Asked, most: number) => Promise<Beginning>;
  /** Who asks, unless the arguments say it: the client by its own name. */
  readonly by: string;
  /** Of this call alone: a change that is sent again under it counts once. */
  readonly key: string;
  /** Aborted when the client wants no answer any more. */
  readonly signal: AbortSignal;
  /** Tells the client how far it is, if it wants to know. */
  readonly progress: (done: number, total: number, words: string) => Promise<void>;
}

/** What a tool answers. */
export interface Told {
  readonly data: Readonly<Record<string, unknown>>;
  /** The same in words; the JSON of `data` unless told. */
  readonly text?: string;
  /** How to get what is cut where it is too long. */
  readonly rest?: string;
}

export interface ToolSpec<I extends z.ZodObject, O extends z.ZodObject, Op extends Operation> {
  readonly name: string;
  readonly title: string;
  /** What a model decides by: when to use it, and what comes of it. */
  readonly description: string;
  readonly scope: Scope;
  /** Undoes or ends something. */
  readonly destructive?: true;
  /** Calling it again with the same arguments changes nothing more. */
  readonly idempotent?: true;
  /** It only foretells, though its scope is not `read`. */
  readonly readOnly?: true;
  /** All that it may ask Baton for. */
  readonly operations: readonly Op[];
  readonly input: I;
  /** The form of its `data`, where that is one of its own. */
  readonly output?: O;
  run(args: z.output<I>, call: Call<Op>): Promise<Told>;
}

/** A tool whose types are checked and forgotten. */
export type Tool = ToolSpec<z.ZodObject, z.ZodObject, Operation>;

/** Checks the declaration's types. */
export function tool<I extends z.ZodObject, O extends z.ZodObject, const Op extends Operation>(
  spec: ToolSpec<I, O, Op>,
): Tool {
  return spec as unknown as Tool;
}
