/** What makes a function a use case of the service: the right that it needs, and what holds for every one of its kind. */
import { assertMay, type Right } from './caller.ts';
import type { Scope } from './services.ts';

export interface UseCase<Args extends readonly unknown[], Result> {
  readonly needs: Right;
  readonly run: (scope: Scope, ...args: Args) => Result;
}

/** The use cases of a table, as one call may have them. */
export type Bound<Table> = {
  readonly [Name in keyof Table]: Table[Name] extends UseCase<infer Args, infer Result>
    ? (...args: Args) => Result
    : never;
};

type Change<Args extends readonly unknown[], Result> = (scope: Scope, ...args: Args) => Promise<Result>;

/** A use case that changes nothing. */
export function reads<Args extends readonly unknown[], Result>(
  run: (scope: Scope, ...args: Args) => Result,
): UseCase<Args, Result> {
  return { needs: 'read', run };
}

/**
 * A use case that changes something: taken in while there is room for it, and recorded before its effect, so that nothing
 * happens that nobody knows of. Throws UnavailableError otherwise.
 */
export function changes<Args extends readonly unknown[], Result>(
  run: Change<Args, Result>,
): UseCase<Args, Promise<Result>> {
  return {
    needs: 'change',
    run: async (scope, ...args) => {
      await scope.room.admitWrite();
      const result = await recorded(scope, run, args);
      scope.room.noteWrite();
      return result;
    },
  };
}

/** A use case that makes a run do less: taken in as well while there is no room. */
export function stops<Args extends readonly unknown[], Result>(
  run: Change<Args, Result>,
): UseCase<Args, Promise<Result>> {
  return { needs: 'change', run: (scope, ...args) => recorded(scope, run, args) };
}

/**
 * Binds the use cases of a table to one call after another. Each is bound when it is asked for, since a call wants one or
 * two of them. It throws NotAllowedError `not_allowed` where the caller has no right to it.
 */
export function binderOf<Table extends Readonly<Record<string, UseCase<never, unknown>>>>(
  table: Table,
): (scope: Scope) => Bound<Table> {
  class Binding {
    readonly #scope: Scope;

    constructor(scope: Scope) {
      this.#scope = scope;
    }

    bound(useCase: UseCase<never, unknown>) {
      return (...args: never) => perform(useCase, this.#scope, args);
    }
  }
  for (const [name, useCase] of Object.entries(table)) {
    Object.defineProperty(Binding.prototype, name, {
      get(this: Binding) {
        return this.bound(useCase);
      },
    });
  }
  return (scope) => new Binding(scope) as unknown as Bound<Table>;
}

function perform<Args extends readonly unknown[]>(
  { needs, run }: UseCase<Args, unknown>,
  scope: Scope,
  args: Args,
): unknown {
  assertMay(scope.call.caller, needs);
  const result = run(scope, ...args);
  if (result instanceof Promise) result.catch((error: unknown) => scope.room.noteFailure(error));
  return result;
}

async function recorded<Args extends readonly unknown[], Result>(
  scope: Scope,
  run: Change<Args, Result>,
  args: Args,
): Promise<Result> {
  const { record } = scope.call;
  if (record === undefined) throw new Error('a call that changes something was made without its record');
  await record.begin();
  return run(scope, ...args);
}
