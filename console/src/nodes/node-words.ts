/** What is said of nodes and of their work, in a few words. Pure. */
import type { Assignment, Node } from '../api/generated.ts';
import { counted, durationWords, moneyWords } from '../words/figures.ts';
import type { Words } from '../words/status.ts';

/** Of the last assignments that count, so many. */
const LAST = 20;

export function nodeWords({ state, draining, address }: Pick<Node, 'state' | 'draining' | 'address'>): Words {
  switch (state) {
    case 'ready':
      // Nobody asks a node that is called before there is work for it.
      return { text: address === null ? 'Connected' : 'Ready', tone: 'done', sign: 'done' };
    case 'full':
      return { text: 'All slots taken', tone: 'run', sign: 'runs' };
    case 'draining':
      return {
        text: 'Draining',
        tone: 'pause',
        sign: 'pauses',
        more: 'It ends what it has, and takes nothing new.',
      };
    case 'away':
      return {
        text: draining ? 'Away, draining' : 'Away',
        tone: 'need',
        sign: 'lacks',
        more: 'Its connection has ended, or it says nothing.',
      };
  }
}

export function workWords({ status }: Pick<Assignment, 'status'>): Words {
  switch (status) {
    case 'waiting':
      return { text: 'Waits', tone: 'need', sign: 'lacks' };
    case 'assigned':
      return { text: 'Given out', tone: 'run', sign: 'waits' };
    case 'running':
      return { text: 'At work', tone: 'run', sign: 'runs' };
    case 'completed':
      return { text: 'Done', tone: 'done', sign: 'done' };
    case 'failed':
      return { text: 'Failed', tone: 'fail', sign: 'failed' };
    case 'lost':
      return {
        text: 'Lost',
        tone: 'fail',
        sign: 'lacks',
        more: 'The node was gone before it had an answer.',
      };
    case 'cancelled':
      return { text: 'Cancelled', tone: 'idle', sign: 'stopped' };
  }
}

/** @param price micro-dollars a second; null: unknown */
export function priceWords(price: number | null): string {
  return price === null ? 'unknown' : `${moneyWords(price * 3_600)} an hour`;
}

export function medianWords(seconds: number | null): string {
  return seconds === null ? 'unknown' : durationWords(seconds);
}

export function lossWords(losses: number): string {
  return losses === 0 ? 'none' : `${losses} of the last ${LAST}`;
}

/** It has it, and somebody waits for the answer. */
export function isOpen({ status }: Pick<Assignment, 'status'>): boolean {
  return status === 'assigned' || status === 'running';
}

/** What becomes of its work where it is removed. */
export function removalWords({ address, assignments }: Pick<Node, 'address' | 'assignments'>): string {
  const open = assignments.filter(isOpen).length;
  const work =
    open === 0
      ? 'It is at nothing now.'
      : `What it is at (${counted(open, 'piece')}) is lost, and goes to others.`;
  return address === null
    ? `${work} It comes by itself: while its program runs, it is back with its next connection.`
    : `${work} Baton calls it no more.`;
}
