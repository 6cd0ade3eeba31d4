/** What came of a message, in words for the one who sent it. Pure. */
import type { JsonObject } from '../../plan/json.ts';
import type { CommandName } from '../../protocol/signals.ts';
import type { Run } from '../../contract/run.ts';
import { hasEnded } from '../../protocol/status.ts';
import type { MessageRow } from '../views/message.ts';
import type { Commanded } from './send-command.ts';

/** `newRunId` of a redirect, as far as it is known. */
export function actionTaken(
  action: CommandName,
  { receipt, run }: Pick<Commanded, 'receipt' | 'run'>,
  newRunId: string | null = null,
): string {
  if (receipt === null) {
    return `${NAMES[action]} was taken; the run has not come to it yet${heldText(run)}`;
  }
  switch (action) {
    case 'comment':
      return 'Comment added to the thread';
    case 'instruction':
      return `Instruction ${readingOf(receipt)}`;
    case 'pause':
      return pausing(run);
    case 'resume':
      return receipt.action_status === 'processed'
        ? 'Run resumed'
        : `Run resumed; the message ${readingOf(receipt)}`;
    case 'cancel':
      return hasEnded(run) ? 'Run cancelled' : 'Run is being cancelled';
    case 'redirect':
      return newRunId === null
        ? 'Run is being redirected; the new run starts when everything under way has stopped'
        : `Redirected: new run ${newRunId}`;
    case 'answer':
      return 'Question answered';
    case 'withdraw':
      return 'Message withdrawn';
    case 'compact':
      return 'Older turns are summarised before the next model call';
    case 'edit':
      return `The plan was edited, revision ${run.revision}`;
    case 'skip':
      return 'Step skipped';
    case 'retry_now':
      return 'Step is tried again as soon as there is room';
    case 'stop_retrying':
      return 'Step is not tried again';
    case 'hold':
      return 'Step is held';
    case 'release':
      return 'Step released';
    case 'override':
      return 'Result replaced';
    case 'set_limits':
      return 'Limits set';
    case 'checkpoint':
      return 'Checkpoint kept';
  }
}

/** Why a run that is paused in Temporal reads nothing; empty for others. */
function heldText({ id, temporal_pause: hold }: Run): string {
  if (hold === null) return '';
  const who = hold.by === null ? '' : ` by ${hold.by}`;
  const why = hold.reason === null ? '' : `: ${hold.reason}`;
  return `, since it is paused in Temporal${who}${why}; \`baton resume ${id}\` takes that back`;
}

const NAMES: Readonly<Record<CommandName, string>> = {
  comment: 'Comment',
  instruction: 'Instruction',
  pause: 'Pause',
  resume: 'Resume',
  cancel: 'Cancel',
  redirect: 'Redirect',
  answer: 'Answer',
  withdraw: 'Withdrawal',
  compact: 'Compaction',
  edit: 'Edit',
  skip: 'Skip',
  retry_now: 'Retry',
  stop_retrying: 'End of retries',
  hold: 'Hold',
  release: 'Release',
  override: 'New result',
  set_limits: 'New limits',
  checkpoint: 'Checkpoint',
};

function readingOf({ action_status: status, readers, metadata }: MessageRow): string {
  const names = [...new Set(readers.map(({ agent, step }) => agent ?? step))].join(', ');
  if (status === 'processed') return names === '' ? 'was read' : `was read by ${names}`;
  if (status === 'acknowledged') return `is being read by ${names}`;
  const { target } = metadata as JsonObject;
  return typeof target === 'string' ? `waits for agent ${target}` : 'waits for the agents at work';
}

function pausing({ pause, is_paused: paused }: Run): string {
  if (!paused || pause === null || pause.drained >= pause.busy) return 'Run is paused';
  const steps = pause.busy === 1 ? 'step' : 'steps';
  return `Run is pausing: ${pause.drained} of ${pause.busy} ${steps} drained`;
}
