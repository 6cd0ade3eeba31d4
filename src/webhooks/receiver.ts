/** A webhook as the sending of events sees it. */
import { wants } from '../protocol/outgoing/event-names.ts';
import type { NotifyRule } from '../plan/plan.ts';

type ReceiverKind = 'webhook' | 'slack' | 'email';

export interface Receiver {
  readonly id: string;
  readonly kind: ReceiverKind;
  readonly name: string | null;
  /** Of webhook and slack. */
  readonly url: string | null;
  /** Of email. */
  readonly addresses: readonly string[];
  readonly events: readonly string[];
  readonly filter: string;
  /** Only what concerns this person; null: whatever the filter lets through. */
  readonly person: string | null;
  readonly secret: string | null;
  /** Only while it still counts. */
  readonly previous_secret: string | null;
  readonly enabled: boolean;
}

/** It asks for such events itself; whether of this run, its filter says. */
export const asksFor = ({ events }: Receiver, name: string): boolean => wants(events, name);

/** Whom an event concerns. */
export interface Concern {
  /** Of a question, who may answer; empty: everybody, or it is none. */
  readonly asked: readonly string[];
  readonly startedBy: string | null;
}

/** A question that names people concerns those; everything else whoever started its run. Names count whatever their case. */
export function concerns({ person }: Pick<Receiver, 'person'>, { asked, startedBy }: Concern): boolean {
  if (person === null) return true;
  const people = asked.length === 0 ? [startedBy ?? ''] : asked;
  return people.some((one) => one.toLowerCase() === person.toLowerCase());
}

/** The definition of the run has such events sent there. */
export function isNamedFor({ name }: Receiver, event: string, rule: NotifyRule | null): boolean {
  if (rule === null || name === null || !wants(rule.on, event)) return false;
  return rule.to.some((one) => one.toLowerCase() === name.toLowerCase());
}
