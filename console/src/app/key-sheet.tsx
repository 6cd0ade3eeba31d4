/** The sheet of `?`: every key that does something here. */
import { Dialog } from '../parts/dialog.tsx';
import { KeyCap } from '../parts/key-cap.tsx';
import { useAllActions, type Action } from './actions.ts';
import { keyNames } from './key-names.ts';

export default function KeySheet({ onClose }: { readonly onClose: () => void }) {
  const groups = Map.groupBy(
    useAllActions().filter(({ keys }) => keys !== undefined),
    ({ group }) => group,
  );
  return (
    <Dialog open onClose={onClose} title="Keyboard" description="On this page, now." wide>
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
