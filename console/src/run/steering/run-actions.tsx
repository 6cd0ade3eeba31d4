/** What can be done with the run, at its head: the likely things as buttons, the others in a menu, all by keys. */
import { useNavigate } from '@tanstack/react-router';
import {
  Ellipsis,
  ExternalLink,
  GitFork,
  Pause,
  Play,
  RotateCw,
  Square,
  type LucideIcon,
} from 'lucide-react';
import { useState, type ComponentType } from 'react';
import { useActions } from '../../app/actions.ts';
import { Button } from '../../parts/button.tsx';
import { Menu } from '../../parts/menu.tsx';
import { useRun } from '../run-context.tsx';
import { CancelDialog } from './cancel-dialog.tsx';
import { ContinueDialog } from './continue-dialog.tsx';
import { EditPlanDialog } from './edit-plan/edit-plan-dialog.tsx';
import { LimitsDialog } from './limits-dialog.tsx';
import { PauseDialog } from './pause-dialog.tsx';
import { RedirectDialog } from './redirect-dialog.tsx';
import { RerunDialog } from './rerun-dialog.tsx';
import { ResumeDialog } from './resume-dialog.tsx';
import type { RunDialogProps } from './run-dialogs.ts';
import { useTemporalPage } from './temporal-page.ts';
import { hasEnded, whyNotRun, type RunAction } from './why-not.ts';

interface Offer {
  readonly action: RunAction;
  readonly label: string;
  readonly keys: string;
  readonly dialog: ComponentType<RunDialogProps>;
  readonly danger?: boolean;
}

const OFFERS: readonly Offer[] = [
  { action: 'pause', label: 'Pause', keys: 'p', dialog: PauseDialog },
  { action: 'resume', label: 'Resume', keys: 'p', dialog: ResumeDialog },
  { action: 'cancel', label: 'Cancel', keys: 'c', dialog: CancelDialog, danger: true },
  { action: 'redirect', label: 'Redirect', keys: 'r', dialog: RedirectDialog },
  { action: 'continue', label: 'Continue', keys: 'u', dialog: ContinueDialog },
  { action: 'rerun', label: 'Run again', keys: 'shift+r', dialog: RerunDialog },
  { action: 'edit', label: 'Edit the plan', keys: 'e', dialog: EditPlanDialog },
  { action: 'limits', label: 'Set limits', keys: 'l', dialog: LimitsDialog },
];

const ICONS: Partial<Readonly<Record<RunAction, LucideIcon>>> = {
  pause: Pause,
  resume: Play,
  cancel: Square,
  continue: Play,
  rerun: RotateCw,
};

export function RunActions() {
  const { run, steps, at } = useRun();
  const [opened, setOpened] = useState<RunAction>();
  const navigate = useNavigate();
  const temporal = useTemporalPage(run);
  const why = (action: RunAction) => whyNotRun(action, run, at);
  const isPaused = run.is_paused || run.temporal_pause !== null;
  // One of these two is never offered: the button changes its mind.
  const offers = OFFERS.filter(({ action }) => action !== (isPaused ? 'pause' : 'resume'));
  const fork = () =>
    void navigate({
      to: '/runs/$id/$tab',
      params: { id: run.id, tab: 'checkpoints' },
      search: (search) => search,
    });
  useActions([
    ...offers.map(({ action, label, keys }) => ({
      label,
      group: 'Run',
      keys,
      why: why(action),
      act: () => setOpened(action),
    })),
    { label: 'Fork or restore', group: 'Run', keys: 'f', why: why('fork'), act: fork },
    { ...temporal, group: 'Run', keys: 't' },
  ]);
  const likely: readonly RunAction[] = hasEnded(run)
    ? ['continue', 'rerun']
    : [isPaused ? 'resume' : 'pause', 'cancel'];
  const Chosen = OFFERS.find(({ action }) => action === opened)?.dialog;
  return (
    <div className="flex items-center gap-2">
      {offers
        .filter(({ action }) => likely.includes(action))
        .map((offer) => (
          <OfferButton key={offer.action} offer={offer} why={why(offer.action)} open={setOpened} />
        ))}
      <Menu
        trigger={
          <Button size="icon" label="More to do with the run">
            <Ellipsis className="size-4" aria-hidden />
          </Button>
        }
        groups={[
          offers
            .filter(({ action }) => !likely.includes(action))
            .map(({ action, label, keys }) => ({
              label,
              shortcut: keys.replace('shift+', '⇧'),
              why: why(action),
              act: () => setOpened(action),
            })),
          [
            {
              label: 'Fork or restore',
              shortcut: 'f',
              why: why('fork'),
              icon: <GitFork className="size-3.5" aria-hidden />,
              act: fork,
            },
            { ...temporal, shortcut: 't', icon: <ExternalLink className="size-3.5" aria-hidden /> },
          ],
        ]}
      />
      {Chosen !== undefined && <Chosen run={run} steps={steps} onClose={() => setOpened(undefined)} />}
    </div>
  );
}

interface OfferButtonProps {
  readonly offer: Offer;
  readonly why: string | undefined;
  readonly open: (action: RunAction) => void;
}

function OfferButton({ offer: { action, label, keys, danger = false }, why, open }: OfferButtonProps) {
  const Icon = ICONS[action];
  return (
    <Button
      kind={danger ? 'danger' : 'normal'}
      why={why}
      shortcut={keys.length === 1 ? keys : undefined}
      onClick={() => open(action)}
    >
      {Icon !== undefined && <Icon className="size-3.5" aria-hidden />}
      {label}
    </Button>
  );
}
