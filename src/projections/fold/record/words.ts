/** Figures and sentences of the thread, for people: the same everywhere and always. */
import type { LimitName } from '../../../protocol/limits.ts';
import { dollarsOf } from '../../../protocol/money.ts';
import type { Consumption } from '../../../protocol/usage.ts';
import type { Need } from '../../../tables/projected/need.ts';

/** Most of a text that is told in a comment, in characters. */
const MAX_CHARS = 500;

const COUNT = new Intl.NumberFormat('en-US');
const MONEY = new Intl.NumberFormat('en-US', {
  style: 'currency',
  currency: 'USD',
  maximumFractionDigits: 6,
});

function countText(count: number): string {
  return COUNT.format(count);
}

/** @param micros null: nobody knows */
function moneyText(micros: number | null): string {
  return micros === null ? 'cost unknown' : MONEY.format(dollarsOf(micros));
}

/** `5 turns, 12,345 tokens, $0.0123` */
export function consumptionText({ turns, total_tokens, cost_estimate }: Consumption): string {
  const unit = turns === 1 ? 'turn' : 'turns';
  return `${countText(turns)} ${unit}, ${countText(total_tokens)} tokens, ${moneyText(cost_estimate)}`;
}

/** How much of a limit is used. Money in micro-dollars, time in ms. */
export interface LimitUse {
  readonly limit: LimitName;
  readonly used: number;
  readonly of: number;
}

/** `24 of 30 turns` */
function usedText({ limit, used, of }: LimitUse): string {
  switch (limit) {
    case 'max_turns':
      return `${countText(used)} of ${countText(of)} turns`;
    case 'max_tokens':
      return `${countText(used)} of ${countText(of)} tokens`;
    case 'max_cost_usd':
      return `${moneyText(used)} of ${moneyText(of)}`;
    case 'max_duration':
      return `${countText(Math.round(used / 1000))} of ${countText(Math.round(of / 1000))} seconds`;
  }
}

/** `24 of 30 turns used (80 %)` */
export function nearText(use: LimitUse): string {
  const percent = use.of === 0 ? 100 : Math.floor((use.used / use.of) * 100);
  return `${usedText(use)} used (${percent} %)`;
}

/** Turns that are offered to somebody who goes on. */
const MORE_TURNS = 20;

/** What a limit that was reached needs. @param step null: the run's own limit */
export function limitNeed(runId: string, step: string | null, use: LimitUse): Need {
  const who = step === null ? 'the run' : `step "${step}"`;
  const { body, option } = wayOn(use);
  const routes = `POST /runs/${runId}/continue ${body} or: baton continue ${runId} ${option}`;
  return { step, kind: 'limit', message: `${who} ${limitText(use)}; go on with ${routes}` };
}

/** A limit on money that stops before it is used up: nobody knows what is left. */
function limitText(use: LimitUse): string {
  return use.limit === 'max_cost_usd' && use.used < use.of
    ? `has a limit of ${moneyText(use.of)}, but called a model whose price is not known`
    : `used ${usedText(use)}`;
}

function wayOn({ limit, of }: LimitUse): { readonly body: string; readonly option: string } {
  const budget = (name: string, value: string) => `{"additional_budget": {"${name}": ${value}}}`;
  switch (limit) {
    case 'max_turns':
      return { body: `{"additional_turns": ${MORE_TURNS}}`, option: `--turns ${MORE_TURNS}` };
    case 'max_tokens':
      return { body: budget('tokens', String(of)), option: `--tokens ${of}` };
    case 'max_cost_usd':
      return { body: budget('cost_usd', String(dollarsOf(of))), option: `--cost ${dollarsOf(of)}` };
    case 'max_duration': {
      const seconds = `${Math.max(1, Math.round(of / 1000))}s`;
      return { body: budget('duration', `"${seconds}"`), option: `--duration ${seconds}` };
    }
  }
}

/** Most of a message that is quoted, in characters. */
const MAX_QUOTED = 120;

/** The beginning of what somebody said, in quotes. */
export function quoted(text: string): string {
  const line = text.replace(/\s+/g, ' ').trim();
  return `"${cutTo(line, MAX_QUOTED)}"`;
}

/** Most of an agent's answer that is told in a comment, in characters: its figures come after it. */
const MAX_ANSWER = 300;

/** The beginning of what an agent has come to. */
export function answerText(preview: string): string {
  return cutTo(preview, MAX_ANSWER);
}

/** A text for a comment: one paragraph of it, cut. */
export function shortText(text: string): string {
  return cutTo(text, MAX_CHARS);
}

function cutTo(text: string, chars: number): string {
  return text.length <= chars ? text : `${text.slice(0, chars - 1).replace(/[\ud800-\udbff]$/, '')}…`;
}
