/** What stands above the first entry: that it is the first, or that older ones come. As high in each case, so that nothing moves. */
import { Button } from '../../parts/button.tsx';
import { faultWords } from '../../parts/states.tsx';
import type { Older } from './thread/use-thread.ts';

/** In pixels. */
export const BEGINNING_HEIGHT = 40;

export function Beginning({ older }: { readonly older: Older }) {
  return (
    <div className="absolute inset-x-0 top-0 flex h-10 items-center justify-center gap-2 px-4 text-xs text-quiet">
      {!older.isThere ? (
        'Beginning of the conversation'
      ) : older.error !== null ? (
        <>
          <span className="truncate">What is older could not be read. {faultWords(older.error)}</span>
          <Button size="small" onClick={older.read}>
            Try again
          </Button>
        </>
      ) : (
        <Button
          kind="quiet"
          size="small"
          why={older.isReading ? 'It comes.' : undefined}
          onClick={older.read}
        >
          {older.isReading ? 'Older entries come…' : 'Older entries'}
        </Button>
      )}
    </div>
  );
}
