/** Names a view, and says whose it is. */
import { useState } from 'react';
import type { SavedView } from '../../api/generated.ts';
import { Button } from '../../parts/button.tsx';
import { Dialog } from '../../parts/dialog.tsx';
import { Field, TextInput } from '../../parts/field.tsx';

interface ViewContent {
  readonly name: string;
  readonly shared: boolean;
  readonly owner: string | null;
}

interface ViewDialogProps {
  /** Undefined: a new one. */
  readonly view: SavedView | undefined;
  /** Who looks; empty: nobody has said. */
  readonly person: string;
  readonly fault: string | undefined;
  readonly onClose: () => void;
  readonly onSave: (content: ViewContent) => void;
}

export default function ViewDialog({ view, person, fault, onClose, onSave }: ViewDialogProps) {
  const [name, setName] = useState(view?.name ?? '');
  const [shared, setShared] = useState(view?.shared ?? true);
  const owner = view?.owner ?? (person === '' ? null : person);
  const save = () => onSave({ name: name.trim(), shared, owner });
  const why = name.trim() === '' ? 'It needs a name.' : undefined;
  return (
    <Dialog
      open
      onClose={onClose}
      title={view === undefined ? 'Save this view' : `Change ${view.name}`}
      description="Filter, columns and order as they are shown now, under a name."
      actions={
        <>
          <Button onClick={onClose}>Cancel</Button>
          <Button kind="primary" why={why} onClick={save}>
            Save
          </Button>
        </>
      }
    >
      <form
        className="flex flex-col gap-3"
        onSubmit={(event) => {
          event.preventDefault();
          if (why === undefined) save();
        }}
      >
        <Field label="Name" required fault={fault}>
          {(ids) => (
            <TextInput
              {...ids}
              value={name}
              maxLength={100}
              onChange={(event) => setName(event.target.value)}
            />
          )}
        </Field>
        <label className="flex items-start gap-2 text-sm">
          <input
            type="checkbox"
            checked={shared}
            disabled={owner === null}
            onChange={(event) => setShared(event.target.checked)}
            className="mt-0.5 size-4 accent-(--accent)"
          />
          <span>
            Everybody sees it
            {owner === null && (
              <span className="block text-xs text-quiet">
                Say who you are in the preferences to keep it for yourself.
              </span>
            )}
          </span>
        </label>
      </form>
    </Dialog>
  );
}
