/** Ctrl-K: every action that is offered now, and every run, definition and page by name. Loaded when it is opened first. */
import { useQuery } from '@tanstack/react-query';
import { useNavigate } from '@tanstack/react-router';
import { Command } from 'cmdk';
import { useDeferredValue, useState } from 'react';
import { api, dataOf } from '../api/client.ts';
import { FoundDefinitions } from '../definitions/found-definitions.tsx';
import { KeyCap } from '../parts/key-cap.tsx';
import { useAllActions, type Action } from './actions.ts';
import { keyNames } from './key-names.ts';

const ITEM = 'flex items-center gap-2 rounded-(--radius) px-2 py-1.5 text-sm data-[selected=true]:bg-hover';

export default function CommandMenu({ onClose }: { readonly onClose: () => void }) {
  const [text, setText] = useState('');
  const found = useDeferredValue(text.trim());
  const actions = useAllActions();
  const groups = Map.groupBy(actions, ({ group }) => group);
  const run = (action: Action) => {
    onClose();
    // After the menu has given the focus back.
    setTimeout(action.act, 0);
  };
  return (
    <Command.Dialog
      open
      onOpenChange={(open) => !open && onClose()}
      label="Commands"
      overlayClassName="fixed inset-0 z-50 bg-black/45"
      contentClassName="fixed top-[12vh] left-1/2 z-50 w-[calc(100vw-2rem)] max-w-xl -translate-x-1/2 rounded-lg border border-line-strong bg-raised shadow-2xl"
    >
      <Command.Input
        value={text}
        onValueChange={setText}
        placeholder="What do you want to do, or where to?"
        className="w-full border-b border-line bg-transparent px-4 py-3 text-base outline-none placeholder:text-quiet"
      />
      <Command.List className="max-h-[60vh] overflow-auto p-1">
        <Command.Empty className="px-3 py-6 text-center text-sm text-quiet">
          Nothing is called so.
        </Command.Empty>
        {[...groups].map(([group, members]) => (
          <Command.Group
            key={group}
            heading={group}
            className="[&_[cmdk-group-heading]]:px-2 [&_[cmdk-group-heading]]:py-1 [&_[cmdk-group-heading]]:text-xs [&_[cmdk-group-heading]]:text-quiet"
          >
            {members.map((action) => (
              <Command.Item
                key={`${group} ${action.label}`}
                value={`${group} ${action.label}`}
                disabled={action.why !== undefined}
                onSelect={() => run(action)}
                className={ITEM}
              >
                <span className="flex-1">
                  {action.label}
                  {action.why !== undefined && <span className="block text-xs text-quiet">{action.why}</span>}
                </span>
                {action.keys !== undefined &&
                  keyNames(action.keys).map((name, at) => <KeyCap key={at}>{name}</KeyCap>)}
              </Command.Item>
            ))}
          </Command.Group>
        ))}
        <FoundDefinitions text={found} className={ITEM} onClose={onClose} />
        <Found text={text} onClose={onClose} />
      </Command.List>
    </Command.Dialog>
  );
}

/** Runs whose ids begin with what was typed. */
function Found({ text, onClose }: { readonly text: string; readonly onClose: () => void }) {
  const prefix = useDeferredValue(text.trim());
  const navigate = useNavigate();
  const { data: runs = [] } = useQuery({
    queryKey: ['runs', 'prefix', prefix],
    enabled: prefix.length > 1,
    queryFn: async ({ signal }) =>
      (await dataOf(api.GET('/api/v1/runs', { params: { query: { id_prefix: prefix, limit: 8 } }, signal })))
        .items,
  });
  return (
    <Command.Group heading={runs.length > 0 ? 'Runs' : undefined}>
      {runs.map(({ id }) => (
        <Command.Item
          key={id}
          value={`run ${id}`}
          className={ITEM}
          onSelect={() => {
            onClose();
            void navigate({ to: '/runs/$id', params: { id } });
          }}
        >
          {id}
        </Command.Item>
      ))}
    </Command.Group>
  );
}
