/** What an attempt of a step was handed over to a worker with, from the stored history of its run. Nothing is written. */
import { decodeHistoryEvent } from '../temporal/history-event.ts';
import type { StepActivityInput, TemplateValues } from '../protocol/activity.ts';
import type { TurnInput } from '../protocol/agent.ts';
import type { AnySpec } from '../plan/plan.ts';
import { decodeEvent } from './decode-event.ts';
import { stepAddressOf } from './fold/activity-id.ts';
import type { Reader } from './rebuild/stored-run.ts';
import { listHandedOver } from './sql/list-handed-over.ts';

export interface HandedOver {
  readonly run: StepActivityInput['run'];
  /** With its templates. */
  readonly spec: AnySpec;
  readonly values: TemplateValues;
  /** Of agents: what the model is told before all else. */
  readonly system: string | null;
  readonly queue: string | null;
  /** Where it works, on its worker. */
  readonly workspace: string | null;
  readonly idempotencyKey: string;
  readonly timeoutMs: number;
}

interface Tried {
  readonly step: string;
  readonly attempt: number;
  /** When the attempt was decided: the event is not older. */
  readonly since: Date;
}

const PAGE = 100;
/** As many steps as may begin with the one that is looked for, and some. */
const MOST_EVENTS = 5_000;

/** @returns null where the stored history does not tell, or no worker was asked (questions, waits) */
export async function readHandedOver(
  reader: Reader,
  runId: string,
  { step, attempt, since }: Tried,
): Promise<HandedOver | null> {
  for (let offset = 0; offset < MOST_EVENTS; offset += PAGE) {
    const { rows } = await reader.query<{ data: Buffer }>(listHandedOver(runId, since, offset, PAGE));
    for (const { data } of rows) {
      const event = decodeEvent(decodeHistoryEvent(data));
      if (event.kind !== 'activity_scheduled') continue;
      const address = stepAddressOf(event.activityId, event.activityType);
      if (address?.step !== step || address.attempt !== attempt || address.index !== null) continue;
      return handedOver(event.input, event.queue);
    }
    if (rows.length < PAGE) break;
  }
  return null;
}

/** A history may have been written by anybody: what has not the form of an input is none. */
function handedOver(input: unknown, queue: string | null): HandedOver | null {
  const given = input as Partial<StepActivityInput<AnySpec> & TurnInput> | null | undefined;
  const { spec, values, system } = given?.opening ?? { ...given, system: null };
  if (given?.run === undefined || spec === undefined || values === undefined) return null;
  const { run, workspace = null, idempotencyKey = '', timeoutMs = 0 } = given;
  return { run, spec, values, system, queue, workspace, idempotencyKey, timeoutMs };
}
