/** Chooses and orders columns, and adds own ones by their path. */
import { ArrowDown, ArrowUp, X } from 'lucide-react';
import { useState } from 'react';
import { Button } from '../../parts/button.tsx';
import { Dialog } from '../../parts/dialog.tsx';
import { Field, TextInput } from '../../parts/field.tsx';
import { isOwnColumn, KNOWN_COLUMNS, normalWidth, parseColumns, titleOf, type Column } from './columns.ts';

interface ColumnsDialogProps {
  readonly columns: readonly Column[];
  readonly onClose: () => void;
  readonly change: (columns: readonly Column[]) => void;
}

export default function ColumnsDialog({ columns, onClose, change }: ColumnsDialogProps) {
  const hidden = Object.keys(KNOWN_COLUMNS).filter((id) => columns.every((one) => one.id !== id));
  const add = (id: string) => change([...columns, { id, width: normalWidth(id) }]);
  return (
    <Dialog
      open
      onClose={onClose}
      title="Columns"
      description="What the list shows, from left to right. It stands in the address, and in a view that you save."
      actions={
        <>
          <Button onClick={() => change(parseColumns(undefined))}>Usual columns</Button>
          <Button kind="primary" onClick={onClose}>
            Done
          </Button>
        </>
      }
    >
      <div className="flex flex-col gap-4">
        <ol aria-label="Shown columns" className="divide-y divide-line rounded border border-line">
          {columns.map(({ id }, at) => (
            <Shown key={id} id={id} at={at} columns={columns} change={change} />
          ))}
        </ol>
        {hidden.length > 0 && (
          <div className="flex flex-wrap gap-1" role="group" aria-label="Other columns">
            {hidden.map((id) => (
              <Button key={id} size="small" onClick={() => add(id)} aria-label={`Show ${titleOf(id)}`}>
                {titleOf(id)}
              </Button>
            ))}
          </div>
        )}
        <OwnColumn known={columns.map(({ id }) => id)} add={add} />
      </div>
    </Dialog>
  );
}

interface ShownProps extends Omit<ColumnsDialogProps, 'onClose'> {
  readonly id: string;
  readonly at: number;
}

function Shown({ id, at, columns, change }: ShownProps) {
  const title = titleOf(id);
  const move = (by: number) => {
    const next = columns.filter((one) => one.id !== id);
    const moved = columns[at];
    if (moved !== undefined) change([...next.slice(0, at + by), moved, ...next.slice(at + by)]);
  };
  return (
    <li className="flex items-center gap-1 px-2 py-0.5 text-sm">
      <span className="flex-1 truncate">{title}</span>
      <Button
        kind="quiet"
        size="icon"
        label={`Move ${title} to the left`}
        why={at === 0 ? 'It is the first.' : undefined}
        onClick={() => move(-1)}
      >
        <ArrowUp className="size-4" aria-hidden />
      </Button>
      <Button
        kind="quiet"
        size="icon"
        label={`Move ${title} to the right`}
        why={at === columns.length - 1 ? 'It is the last.' : undefined}
        onClick={() => move(1)}
      >
        <ArrowDown className="size-4" aria-hidden />
      </Button>
      <Button
        kind="quiet"
        size="icon"
        label={`Hide ${title}`}
        why={columns.length === 1 ? 'One column has to stay.' : undefined}
        onClick={() => change(columns.filter((one) => one.id !== id))}
      >
        <X className="size-4" aria-hidden />
      </Button>
    </li>
  );
}

function OwnColumn({
  known,
  add,
}: {
  readonly known: readonly string[];
  readonly add: (id: string) => void;
}) {
  const [path, setPath] = useState('');
  const id = path.trim();
  const why = !isOwnColumn(id)
    ? 'Write inputs., output. or labels. and a name.'
    : known.includes(id)
      ? 'It is there already.'
      : undefined;
  const submit = () => {
    if (why !== undefined) return;
    add(id);
    setPath('');
  };
  return (
    <form
      onSubmit={(event) => {
        event.preventDefault();
        submit();
      }}
    >
      <Field
        label="A column of your own"
        help="A path into inputs, output or labels, such as inputs.pr or output.score."
      >
        {(ids) => (
          <span className="flex gap-2">
            <TextInput
              {...ids}
              value={path}
              placeholder="inputs.pr"
              onChange={(event) => setPath(event.target.value)}
            />
            <Button why={why} onClick={submit}>
              Add
            </Button>
          </span>
        )}
      </Field>
    </form>
  );
}
