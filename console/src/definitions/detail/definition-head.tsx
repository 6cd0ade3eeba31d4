/** What stands above every view of a definition: what it is called, which version is shown, and what can be done with it. */
import { useQueryClient } from '@tanstack/react-query';
import { Link, useNavigate } from '@tanstack/react-router';
import { Archive, EllipsisVertical, Play } from 'lucide-react';
import { useState } from 'react';
import type { WorkflowDetail } from '../../api/generated.ts';
import { useActions } from '../../app/actions.ts';
import { Button } from '../../parts/button.tsx';
import { Echo } from '../../parts/echo.tsx';
import { Menu } from '../../parts/menu.tsx';
import { faultWords } from '../../parts/states.tsx';
import { tell } from '../../parts/toasts.tsx';
import { setArchived } from '../publish.ts';

interface HeadProps {
  readonly definition: WorkflowDetail;
  readonly onStart: () => void;
}

export function DefinitionHead({ definition, onStart }: HeadProps) {
  const { name, title, archived_at: archived, selected, latest_version: newest } = definition;
  const archiving = useArchiving(definition);
  const why = archived === null ? undefined : 'It is archived: it takes no new runs.';
  useActions([
    { label: `Start ${name}`, group: 'Definition', keys: 's', why, act: onStart },
    { label: archiving.label, group: 'Definition', why: archiving.why, act: archiving.act },
  ]);
  return (
    <header className="flex flex-wrap items-start gap-x-3 gap-y-2 px-4 pt-3 pb-2">
      <div className="min-w-0 flex-1 narrow:w-full narrow:flex-none">
        <div className="flex flex-wrap items-center gap-x-2">
          <h1 className="text-lg font-semibold wrap-anywhere">{name}</h1>
          <span className="font-mono text-xs text-quiet">{selected.version}</span>
          {selected.version !== newest && (
            <Link
              from="/definitions/$name"
              to="."
              search={({ tab }) => ({ ...(tab !== undefined && { tab }) })}
              className="text-xs text-accent underline"
            >
              The newest is {newest}
            </Link>
          )}
          {archived !== null && (
            <span className="inline-flex items-center gap-1 rounded-full bg-idle-wash px-2 py-0.5 text-xs font-medium text-idle">
              <Archive className="size-3" aria-hidden />
              Archived
            </span>
          )}
        </div>
        {title !== null && <p className="text-sm text-quiet">{title}</p>}
      </div>
      <Echo
        request={{ method: 'GET', path: `/api/v1/workflows/${encodeURIComponent(name)}/statistics` }}
        command={['stats', name]}
      />
      <Menu
        trigger={
          <Button kind="quiet" size="icon" label="More">
            <EllipsisVertical className="size-4" aria-hidden />
          </Button>
        }
        groups={[[archiving]]}
      />
      <Button kind="primary" shortcut="s" why={why} onClick={onStart}>
        <Play className="size-4" aria-hidden />
        Start
      </Button>
    </header>
  );
}

/** It loses nothing and can be taken back, so that nobody is asked before. */
function useArchiving({ name, archived_at: archived }: WorkflowDetail) {
  const queries = useQueryClient();
  const navigate = useNavigate();
  const [isBusy, setBusy] = useState(false);
  const isIn = archived === null;
  const act = async () => {
    setBusy(true);
    try {
      await setArchived(name, isIn);
      tell(
        'done',
        isIn ? `${name} is archived` : `${name} is in use again`,
        isIn ? 'What runs of it goes on.' : undefined,
      );
      await Promise.all([
        queries.invalidateQueries({ queryKey: ['definition', name] }),
        queries.invalidateQueries({ queryKey: ['definitions'] }),
      ]);
      await navigate({ to: '.', search: (search) => search, replace: true });
    } catch (error) {
      tell('fault', `${name} could not be ${isIn ? 'archived' : 'taken back into use'}`, faultWords(error));
    } finally {
      setBusy(false);
    }
  };
  return {
    label: isIn ? 'Archive' : 'Take back into use',
    why: isBusy ? 'It is being done.' : undefined,
    act: () => void act(),
  };
}
