/** The sheet of `?`: every key that does something here. */
import { Dialog } from '../parts/dialog.tsx';
import { KeyCap } from '../parts/key-cap.tsx';
import { useAllActions, type Action } from './actions.ts';

export function KeySheet({ open, onClose }: { readonly open: boolean; readonly onClose: () => void }) {
  const groups = Map.groupBy(
    useAllActions().filter(({ keys }) => keys !== undefined),
    ({ group }) => group,
  );
  return (
    <Dialog open={open} onClose={onClose} title="Keyboard" description="On this page, now." wide>
      <div className="grid gap-6 sm:grid-cols-2">
        {[...groups].map(([group, actions]) => (
          <section key={group}>
            <h3 className="mb-1 text-sm font-semibold">{group}</h3>
            <dl className="flex flex-col">
              {actions.map((action) => (
                <Line key={`${action.label} ${action.keys}`} action={action} />
              ))}
            </dl>
          </section>
        ))}
      </div>
    </Dialog>
  );
}

function Line({ action }: { readonly action: Action }) {
  return (
    <div className="flex items-center justify-between gap-3 border-b border-line py-1 text-sm">
      <dt>{action.label}</dt>
      <dd className="flex gap-1">
        {keyNames(action.keys ?? '').map((name, at) => (
          <KeyCap key={at}>{name}</KeyCap>
        ))}
      </dd>
    </div>
  );
}

/** `mod+k` → `Ctrl K`, `g r` → `g`, `r`. */
export function keyNames(keys: string): readonly string[] {
  const names: Readonly<Record<string, string>> = { mod: isMac() ? '⌘' : 'Ctrl', shift: 'Shift' };
  return keys.split(/[ +]/).map((key) => names[key] ?? key);
}

function isMac(): boolean {
  return navigator.userAgent.includes('Mac');
}
