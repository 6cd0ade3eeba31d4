/**
 * One command to many runs: first exactly how many it is for and what it does, then a reason, then what became of each,
 * with those that failed listed and tried again. What was sent stays sent when the dialog is closed.
 */
import { Link } from '@tanstack/react-router';
import { useEffect, useRef, useState } from 'react';
import { newId } from '../../api/commands.ts';
import { Button } from '../../parts/button.tsx';
import { Dialog } from '../../parts/dialog.tsx';
import { Field, TextInput } from '../../parts/field.tsx';
import { faultWords } from '../../parts/states.tsx';
import { counted } from '../../words/figures.ts';
import type { Selection } from '../list/selection.ts';
import type { RunsQuery } from '../list/use-run-list.ts';
import { BULK_ACTIONS, countChosen, readTargets, senderOf, type BulkName } from './bulk-actions.ts';
import { failuresOf, sendToAll, type Progress, type Result } from './bulk-work.ts';

interface BulkDialogProps {
  readonly name: BulkName;
  readonly selection: Selection;
  readonly query: RunsQuery;
  readonly onClose: () => void;
  /** Told when some of it is done. */
  readonly onDone: () => void;
}

export default function BulkDialog({ name, selection, query, onClose, onDone }: BulkDialogProps) {
  const action = BULK_ACTIONS[name];
  const targets = useTargets(selection, query, action.fits);
  const [reason, setReason] = useState('');
  const { progress, isWorking, start, stop } = useBulk(name, reason, onDone);
  const count = targets.ids?.length ?? targets.found;
  const left = targets.chosen === null ? 0 : targets.chosen - count;
  const close = () => {
    stop();
    onClose();
  };
  const why =
    targets.ids === undefined
      ? 'The runs are still being looked for.'
      : targets.ids.length === 0
        ? 'There is no run that it fits.'
        : undefined;
  const failures = progress === undefined ? [] : failuresOf(progress);
  return (
    <Dialog
      open
      onClose={close}
      title={`${action.label} ${targets.ids === undefined ? 'runs' : counted(count, 'run')}`}
      description={action.says}
      actions={
        progress === undefined ? (
          <>
            <Button onClick={close}>Do nothing</Button>
            <Button
              kind={name === 'cancel' ? 'danger' : 'primary'}
              why={why}
              onClick={() => start(targets.ids ?? [])}
            >
              {action.label} {targets.ids === undefined ? '' : counted(count, 'run')}
            </Button>
          </>
        ) : (
          <>
            {isWorking && <Button onClick={stop}>Stop here</Button>}
            {!isWorking && failures.length > 0 && (
              <Button onClick={() => start(failures.map(({ run }) => run))}>
                Try the {counted(failures.length, 'failure')} again
              </Button>
            )}
            <Button kind="primary" onClick={close}>
              Close
            </Button>
          </>
        )
      }
    >
      {progress === undefined ? (
        <div className="flex flex-col gap-3">
          <p role="status" className="text-sm">
            {targets.ids === undefined
              ? `Looking for runs: ${count.toLocaleString('en')} so far …`
              : `It is for ${counted(count, 'run')}.`}
            {targets.ids !== undefined && left > 0 && action.others !== '' && (
              <span className="text-quiet">
                {' '}
                {left.toLocaleString('en')} of those that are chosen {action.others}, and are left out.
              </span>
            )}
          </p>
          {targets.fault !== undefined && (
            <p role="alert" className="text-sm text-fail">
              {targets.fault}
            </p>
          )}
          {action.takesReason && (
            <Field label="Reason" help="Stands with the command in the conversation of each run.">
              {(ids) => (
                <TextInput
                  {...ids}
                  value={reason}
                  maxLength={500}
                  onChange={(event) => setReason(event.target.value)}
                />
              )}
            </Field>
          )}
        </div>
      ) : (
        <Outcome progress={progress} isWorking={isWorking} failures={failures} />
      )}
    </Dialog>
  );
}

interface Targets {
  /** Undefined: still being looked for. */
  readonly ids: readonly string[] | undefined;
  readonly found: number;
  /** How many were chosen, those included that it does not fit; null: not known. */
  readonly chosen: number | null;
  readonly fault: string | undefined;
}

/** Read once, when the dialog opens: what is confirmed is what is done. */
function useTargets(selection: Selection, query: RunsQuery, fits: string): Targets {
  const [targets, setTargets] = useState<Targets>({
    ids: undefined,
    found: 0,
    chosen: null,
    fault: undefined,
  });
  const wanted = useRef({ selection, query, fits });
  useEffect(() => {
    const stop = new AbortController();
    const tell = (found: number) => setTargets((now) => ({ ...now, found }));
    Promise.all([readTargets(wanted.current, tell, stop.signal), countChosen(wanted.current)]).then(
      ([ids, chosen]) =>
        !stop.signal.aborted && setTargets({ ids, found: ids.length, chosen, fault: undefined }),
      (error: unknown) => setTargets((now) => ({ ...now, fault: faultWords(error) })),
    );
    return () => stop.abort();
  }, []);
  return targets;
}

function useBulk(name: BulkName, reason: string, onDone: () => void) {
  const [progress, setProgress] = useState<Progress>();
  const [isWorking, setWorking] = useState(false);
  const batch = useRef<string>(undefined);
  const stopping = useRef(new AbortController());
  const start = (ids: readonly string[]) => {
    const refused = new Set(
      progress?.results.flatMap((result) => (result.refused === true ? [result.run] : [])),
    );
    // The same for another try, where the first may have come through; what was refused is asked anew.
    const [same, anew] = [(batch.current ??= newId()), newId()];
    const intentOf = (run: string) => (refused.has(run) ? anew : same);
    stopping.current = new AbortController();
    setWorking(true);
    const before = progress?.results.filter(({ fault }) => fault === null) ?? [];
    const tell = ({ total, results }: Progress) =>
      setProgress({ total: total + before.length, results: [...before, ...results] });
    void sendToAll(ids, senderOf(name, intentOf, reason.trim()), tell, stopping.current.signal).then(() => {
      setWorking(false);
      onDone();
    });
  };
  return { progress, isWorking, start, stop: () => stopping.current.abort() };
}

/** Of a very long list the first so many. */
const SHOWN = 200;

interface OutcomeProps {
  readonly progress: Progress;
  readonly isWorking: boolean;
  readonly failures: readonly Result[];
}

function Outcome({ progress: { total, results }, isWorking, failures }: OutcomeProps) {
  const done = results.length - failures.length;
  const made = results.flatMap((result) => (result.made === undefined ? [] : [result.made]));
  return (
    <div className="flex flex-col gap-3">
      <Bar total={total} done={done} failed={failures.length} />
      <p role="status" className="tabular text-sm">
        {done.toLocaleString('en')} of {total.toLocaleString('en')} done
        {failures.length > 0 && <span className="text-fail">, {counted(failures.length, 'failure')}</span>}
        {!isWorking &&
          results.length < total &&
          `, ${(total - results.length).toLocaleString('en')} not sent`}
      </p>
      {failures.length > 0 && (
        <ul
          aria-label="Failures"
          className="max-h-72 divide-y divide-line overflow-auto rounded border border-line text-sm"
        >
          {failures.slice(0, SHOWN).map(({ run, fault }) => (
            <li key={run} className="px-2 py-1.5">
              <Link to="/runs/$id" params={{ id: run }} className="font-medium underline">
                {run}
              </Link>
              <span className="block wrap-anywhere text-quiet">{fault}</span>
            </li>
          ))}
          {failures.length > SHOWN && (
            <li className="px-2 py-1.5 text-quiet">and {failures.length - SHOWN} more</li>
          )}
        </ul>
      )}
      {made.length > 0 && (
        <ul aria-label="New runs" className="max-h-48 overflow-auto text-sm">
          {made.slice(0, SHOWN).map((id) => (
            <li key={id}>
              <Link to="/runs/$id" params={{ id }} className="underline">
                {id}
              </Link>
            </li>
          ))}
        </ul>
      )}
    </div>
  );
}

interface BarProps {
  readonly total: number;
  readonly done: number;
  readonly failed: number;
}

function Bar({ total, done, failed }: BarProps) {
  const share = (part: number) => ({ width: `${(100 * part) / Math.max(1, total)}%` });
  return (
    <div
      role="progressbar"
      aria-label="Progress"
      aria-valuemin={0}
      aria-valuemax={total}
      aria-valuenow={done + failed}
      className="flex h-2 overflow-hidden rounded-full bg-hover"
    >
      <span className="bg-done" style={share(done)} />
      <span className="bg-fail" style={share(failed)} />
    </div>
  );
}
