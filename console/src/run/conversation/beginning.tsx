/** What stands before the first entry: that it is the first, or, over the list, that older ones come. */
import { Button } from '../../parts/button.tsx';
import { faultWords } from '../../parts/states.tsx';
import type { Older } from './thread/use-thread.ts';

/** In pixels. */
export const BEGINNING_HEIGHT = 40;

export function Beginning() {
  return (
    <p className="absolute inset-x-0 top-0 flex h-10 items-center justify-center text-xs text-quiet">
      Beginning of the conversation
    </p>
  );
}

/** It takes no room, so that nothing moves when it goes. */
export function OlderNotice({ older }: { readonly older: Older }) {
  return (
    <div
      role="status"
      className="absolute inset-x-0 top-2 mx-auto flex w-fit max-w-full items-center gap-2 rounded-(--radius) border border-line bg-raised px-3 py-1 text-xs text-quiet shadow-md"
    >
      {older.error === null ? (
        'Older entries come…'
      ) : (
        <>
          <span>What is older could not be read. {faultWords(older.error)}</span>
          <Button size="small" onClick={older.read}>
            Try again
          </Button>
        </>
      )}
    </div>
  );
}
