/** Instructions to agents: whom they are for, what they take the place of, and taking them back. */
import type { Address } from '../../../plan/address.ts';
import type { PlanStep } from '../../../plan/plan.ts';
import { textOf } from '../../../protocol/signals.ts';
import type { SignalMessage } from '../../../protocol/signals.ts';
import { stepOf } from '../kernel/draft.ts';
import type { Draft } from '../kernel/draft.ts';
import { kindOf } from '../kernel/kind.ts';
import { PROCESSED, refused } from '../kernel/receipt.ts';
import type { Receipt, Refusal } from '../kernel/receipt.ts';
import { planSteps, specAt, stepSpec, talkingSteps } from '../kernel/scope.ts';
import { isSettled } from '../kernel/state.ts';
import { addToInbox, instructionText, settleMessage, unread } from './inbox.ts';

export function takeInstruction(draft: Draft, message: SignalMessage): Receipt {
  if (draft.state.cancel !== null) return refused('the run is being cancelled', 'run_closed');
  if (`${textOf(message) ?? ''}${message.context ?? ''}`.trim() === '')
    return refused('"content" is missing', 'malformed');
  if (isHeardOutside(draft, message.target ?? null)) return PROCESSED;
  const found = agentsFor(draft, message.target ?? null);
  if ('status' in found) return found;
  const earlier = message.replaces === undefined ? null : unread(draft, message.replaces);
  if (typeof earlier === 'string') return refused(`it cannot replace that one: ${earlier}`);
  const receipt = addToInbox(draft, message, { text: instructionText(message), ...found });
  if (receipt.status !== 'pending') return receipt;
  if (earlier !== null) {
    const reason = `message "${receipt.key}" took its place`;
    settleMessage(draft, earlier, { code: 'superseded', reason });
  }
  if (message.delivery === 'interrupt') for (const key of found.recipients ?? []) interrupt(draft, key);
  return receipt;
}

/** It is for a step whose work is done outside at this moment; without a target, where the run has no agents. */
function isHeardOutside(draft: Draft, target: string | null): boolean {
  const hears = (step: PlanStep) =>
    kindOf(draft, step).hears === true && stepOf(draft, step.key).status === 'running';
  if (target !== null) {
    const step = specAt(draft, target);
    return step !== undefined && hears(step);
  }
  return planSteps(draft).some(hears) && talkingSteps(draft).length === 0;
}

function interrupt(draft: Draft, key: string): void {
  const step = stepSpec(draft, key);
  kindOf(draft, step).talks?.interrupt(draft, step);
}

/** Takes an instruction back that nobody has read. */
export function withdraw(draft: Draft, message: SignalMessage): Receipt {
  if (message.message === undefined)
    return refused('"message" must name the message to take back', 'malformed');
  const found = unread(draft, message.message);
  if (typeof found === 'string') return refused(found);
  const by = message.by === undefined ? '' : ` by ${message.by}`;
  settleMessage(draft, found, { code: 'withdrawn', reason: `withdrawn${by}` });
  return PROCESSED;
}

/** Addresses of steps; null: the first agent that fits. */
interface Addressed {
  readonly recipients: readonly Address[] | null;
}

/** Whom a message is for. @param target a step's address or an agent's name; null: whoever is at work */
export function agentsFor(draft: Draft, target: string | null): Addressed | Refusal {
  if (draft.state.plan === null) return { recipients: null };
  const talking = talkingSteps(draft);
  const step = target === null ? undefined : specAt(draft, target);
  if (step !== undefined) return addressStep(draft, step.key, kindOf(draft, step).talks !== undefined);
  const meant = target === null ? talking : talking.filter(({ name }) => name === target);
  if (meant.length === 0)
    return gone(target === null ? 'the run has no agent' : unknown(draft, target), target);
  const open = meant.filter(({ key }) => !isSettled(stepOf(draft, key).status));
  if (open.length === 0) return gone('no agent that it is for is left: their steps have ended', null);
  const atWork = open.filter(({ key }) => hasBegun(draft, key));
  return { recipients: atWork.length === 0 ? null : atWork.map(({ key }) => key) };
}

/** Has the step what only its kind has? */
function hasBegun(draft: Draft, key: Address): boolean {
  const { own } = kindOf(draft, stepSpec(draft, key));
  return own !== null && stepOf(draft, key)[own] !== undefined;
}

function addressStep(draft: Draft, key: Address, talks: boolean) {
  if (!talks) return gone(`step "${key}" has no agent that could read it`, key);
  const { status } = stepOf(draft, key);
  return isSettled(status) ? gone(`step "${key}" has ended: it is ${status}`, null) : { recipients: [key] };
}

/** @param unknownTarget set where there never was such an agent */
function gone(reason: string, unknownTarget: string | null): Refusal {
  return { status: 'ignored', code: unknownTarget === null ? 'target_gone' : 'unknown_target', reason };
}

function unknown(draft: Draft, target: string): string {
  const names = new Set(talkingSteps(draft).flatMap(({ key, name }) => [key, name]));
  const known = names.size === 0 ? 'the run has no agents' : `known: ${[...names].slice(0, 20).join(', ')}`;
  return `there is no step or agent "${target}"; ${known}`;
}
