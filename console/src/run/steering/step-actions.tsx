/** What can be done with one step: the likely thing as a button, the others in a menu. */
import { Ellipsis } from 'lucide-react';
import { useState } from 'react';
import { useActions } from '../../app/actions.ts';
import type { Step } from '../../api/generated.ts';
import { Button } from '../../parts/button.tsx';
import { Menu } from '../../parts/menu.tsx';
import { useRun } from '../run-context.tsx';
import { LimitsDialog } from './limits-dialog.tsx';
import { RerunStepDialog } from './rerun-step-dialog.tsx';
import { STEP_OFFERS } from './step-command.ts';
import { StepDialog } from './step-dialog.tsx';
import { whyNotStep, type StepAction } from './why-not.ts';

const MORE: readonly { readonly action: StepAction; readonly label: string }[] = [
  { action: 'limits', label: 'Set limits' },
  { action: 'rerun', label: 'Run anew' },
];

export function StepActions({ step }: { readonly step: Step }) {
  const { run, steps, at } = useRun();
  const [opened, setOpened] = useState<StepAction>();
  const why = (action: StepAction) => whyNotStep(action, run, step, at);
  const all = [...STEP_OFFERS, ...MORE];
  const close = () => setOpened(undefined);
  useActions(
    all.map(({ action, label }) => ({
      label: `${label} (${step.key})`,
      group: 'Step',
      why: why(action),
      act: () => setOpened(action),
    })),
  );
  const likely = all.find(({ action }) => ['retry', 'release'].includes(action) && why(action) === undefined);
  const offer = STEP_OFFERS.find(({ action }) => action === opened);
  return (
    <div className="flex items-center gap-1">
      {likely !== undefined && (
        <Button size="small" onClick={() => setOpened(likely.action)}>
          {likely.label}
        </Button>
      )}
      <Menu
        trigger={
          <Button kind="quiet" size="icon" label="More to do with the step">
            <Ellipsis className="size-4" aria-hidden />
          </Button>
        }
        groups={[
          all.map((one) => ({
            label: one.label,
            why: why(one.action),
            danger: 'danger' in one && one.danger === true,
            act: () => setOpened(one.action),
          })),
        ]}
      />
      {offer !== undefined && <StepDialog run={run} step={step} offer={offer} onClose={close} />}
      {opened === 'limits' && <LimitsDialog run={run} steps={steps} step={step.key} onClose={close} />}
      {opened === 'rerun' && <RerunStepDialog run={run} step={step} onClose={close} />}
    </div>
  );
}
