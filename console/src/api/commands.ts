/**
 * Commands: each intent has one id, so that sending it again counts once. A command is asked for, then recorded (202: the
 * run has yet to come to it), then in force (200); or refused, with the reason in words.
 */
import { useMutation, useQueryClient } from '@tanstack/react-query';
import { useRef } from 'react';
import { tell } from '../parts/toasts.tsx';
import { preferences } from '../app/preferences.ts';

type Outcome = 'recorded' | 'in force';

interface Sent<T> {
  readonly data: T;
  readonly status: number;
}

interface CommandOptions<T, Input> {
  /** What was done, as a notice, such as `Paused`. */
  readonly done: string;
  /** The run whose shown state it changes; undefined: none. */
  readonly runId?: string;
  readonly send: (input: Input, id: string) => Promise<Sent<T>>;
  readonly onDone?: (data: T, outcome: Outcome) => void;
}

/** A command that can be sent. `mutation.error` is the refusal; sending again after it repeats the same intent. */
export function useCommand<T, Input = void>({ done, runId, send, onDone }: CommandOptions<T, Input>) {
  const queries = useQueryClient();
  const intent = useRef<string>(undefined);
  return useMutation({
    mutationFn: (input: Input) => {
      intent.current ??= newId();
      return send(input, intent.current);
    },
    onSuccess: ({ data, status }) => {
      intent.current = undefined;
      const outcome: Outcome = status === 202 ? 'recorded' : 'in force';
      if (outcome === 'in force') tell('done', done);
      else
        tell(
          'told',
          'Recorded',
          'The run has it and will come to it. Its receipt stands in the conversation.',
        );
      if (runId !== undefined) void queries.invalidateQueries({ queryKey: ['run', runId] });
      onDone?.(data, outcome);
    },
  });
}

/** An id by which a retry is safe. */
export function newId(): string {
  return crypto.randomUUID();
}

/** Who gives the command, where somebody has said so. */
export function author(): { readonly by?: string } {
  const { name } = preferences();
  return name === '' ? {} : { by: name };
}
