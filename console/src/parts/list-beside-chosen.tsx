/** A list, and beside it the one that is chosen: alone on phones. `j` and `k` go along the list. */
import { useRef, type ComponentType, type ReactNode } from 'react';
import { useActions } from '../app/actions.ts';
import { Button } from './button.tsx';
import { cn } from './class-names.ts';
import { Empty } from './states.tsx';

export interface RowProps<Item> {
  readonly item: Item;
  readonly isChosen: boolean;
  /** Takes the element that has the focus once the row is chosen. */
  readonly link: (element: HTMLAnchorElement | null) => void;
}

interface ListBesideChosenProps<Item> {
  /** What one is: `node`. */
  readonly noun: string;
  /** What all are, as the page is called: `Nodes`. */
  readonly title: string;
  readonly items: readonly Item[];
  /** As the address names it, whether it is there or not; undefined: none is chosen. */
  readonly chosen: string | undefined;
  readonly isChosen: (item: Item) => boolean;
  /** Empty: none. */
  readonly choose: (id: string) => void;
  readonly Row: ComponentType<RowProps<Item>>;
  readonly detail: (item: Item) => ReactNode;
  /** Classes that say how wide the chosen one is. */
  readonly width: string;
  /** Above the list. */
  readonly above?: ReactNode;
  /** In place of a list in which there is nothing. */
  readonly none?: ReactNode;
}

export function ListBesideChosen<Item extends { readonly id: string }>(props: ListBesideChosenProps<Item>) {
  const { noun, title, items, chosen, isChosen, choose, Row, detail, width, above, none } = props;
  const links = useRef(new Map<string, HTMLAnchorElement>());
  const item = items.find(isChosen);
  const go = (by: number) => {
    const at = items.findIndex(isChosen);
    const next = items[Math.min(Math.max(0, at + by), items.length - 1)];
    if (next === undefined) return;
    choose(next.id);
    links.current.get(next.id)?.focus();
  };
  useActions([
    { label: `Next ${noun}`, group: title, keys: 'j', act: () => go(1) },
    { label: `Previous ${noun}`, group: title, keys: 'k', act: () => go(-1) },
  ]);
  return (
    <div className="flex min-h-0 flex-1">
      <div className={cn('min-w-0 flex-1 overflow-auto', chosen !== undefined && 'narrow:hidden')}>
        {above}
        {items.length === 0 && none !== undefined ? (
          none
        ) : (
          <ul aria-label={title}>
            {items.map((one) => (
              <Row
                key={one.id}
                item={one}
                isChosen={one === item}
                link={(element) => {
                  if (element === null) links.current.delete(one.id);
                  else links.current.set(one.id, element);
                }}
              />
            ))}
          </ul>
        )}
      </div>
      {chosen !== undefined && (
        <aside
          aria-label={`The chosen ${noun}`}
          className={cn(
            'shrink-0 overflow-auto border-l border-line narrow:w-full narrow:max-w-none narrow:border-l-0',
            width,
          )}
        >
          {item === undefined ? (
            <Empty
              title={`There is no ${noun} “${chosen}”`}
              actions={<Button onClick={() => choose('')}>{`Show all ${noun}s`}</Button>}
            >
              Somebody may have removed it.
            </Empty>
          ) : (
            detail(item)
          )}
        </aside>
      )}
    </div>
  );
}
