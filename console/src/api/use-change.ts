/** Changes of what is no run, such as a node or a webhook: made at once, told by a notice, and what shows it is read anew. */
import { useMutation, useQueryClient, type QueryKey } from '@tanstack/react-query';
import { tell } from '../parts/toasts.tsx';
import { faultWords } from '../parts/states.tsx';

interface ChangeOptions<T, Input> {
  /** What was done, as a notice. */
  readonly done: (data: T) => string;
  /** What shows it. */
  readonly shown: QueryKey;
  readonly send: (input: Input) => Promise<T>;
  readonly onDone?: (data: T) => void;
  /** A refusal is told as a notice: for buttons that have no place for it. */
  readonly isBare?: boolean;
}

export function useChange<T, Input = void>(options: ChangeOptions<T, Input>) {
  const { done, shown, send, onDone, isBare = false } = options;
  const queries = useQueryClient();
  return useMutation({
    mutationFn: send,
    onSuccess: (data) => {
      tell('done', done(data));
      onDone?.(data);
      return queries.invalidateQueries({ queryKey: shown });
    },
    onError: (error) => {
      if (isBare) tell('fault', 'That was refused', faultWords(error));
    },
  });
}
