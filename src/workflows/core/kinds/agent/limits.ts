/**
 * Limits of agents: what is used up, what the next model call may take, and when to warn.
 *
 * A call is only made when it fits beside what the open calls of the run have reserved, so that parallel steps cannot
 * go over a limit of the run together. What a call will take is not known before; the largest so far is expected
 * again, and until there is one, calls under a limit of tokens or money go one at a time. A single call can still go
 * over by what it takes more than any before it.
 */
import type { Limits } from '../../../../plan/plan.ts';
import { addCost } from '../../../../protocol/usage.ts';
import type { ModelUsage } from '../../../../protocol/usage.ts';
import { change, note, openSteps } from '../../kernel/draft.ts';
import type { Draft } from '../../kernel/draft.ts';
import type { AgentState, LimitName, SegmentState, SpentState } from '../../kernel/state.ts';
import { agentOf, changeAgent } from './agent-state.ts';

/** Share of a limit at which a warning is given. */
const WARN_AT = 0.8;

/** A limit that is used up. `used` and `of` in turns, tokens, micro-dollars or ms. */
export interface Reached {
  readonly scope: 'step' | 'run';
  readonly limit: LimitName;
  readonly used: number;
  readonly of: number;
  /** The price of a call was unknown, so that nobody can tell what is left. */
  readonly unknownPrice: boolean;
}

type Counters = Pick<SegmentState, 'turns' | 'tokens' | 'costMicros' | 'startedAt'>;

interface Gauge {
  readonly limit: LimitName;
  readonly used: number | null;
  readonly of: number;
}

function gauges({ turns, tokens, costMicros, startedAt }: Counters, limits: Limits, now: number): Gauge[] {
  const all: readonly (readonly [LimitName, number | null, number | null])[] = [
    ['max_turns', turns, limits.maxTurns],
    ['max_tokens', tokens, limits.maxTokens],
    ['max_cost_usd', costMicros, limits.maxCostMicros],
    ['max_duration', now - startedAt, limits.maxDurationMs],
  ];
  return all.flatMap(([limit, used, of]) => (of === null ? [] : [{ limit, used, of }]));
}

/** The first limit that leaves nothing for another call, the step's own before the run's. */
export function limitReached(draft: Draft, key: string): Reached | null {
  const { segment } = agentOf(draft, key);
  const { spent } = draft.state;
  const { now } = draft.at;
  return reachedOf('step', segment, segment.limits, now) ?? reachedOf('run', spent, spent.limits, now);
}

function reachedOf(scope: 'step' | 'run', counters: Counters, limits: Limits, now: number): Reached | null {
  for (const { limit, used, of } of gauges(counters, limits, now)) {
    if (used === null || used >= of)
      return { scope, limit, used: used ?? 0, of, unknownPrice: used === null };
  }
  return null;
}

/** What a call may take, and what of it may be output. */
export interface Allowance {
  readonly reserved: AgentState['reserved'];
  readonly maxOutputTokens: number | null;
}

/** Room for one more call; null when the calls under way have to be waited for. */
export function reserve(draft: Draft, key: string): Allowance | null {
  const { spent } = draft.state;
  const { segment } = agentOf(draft, key);
  const others = reservedByOthers(draft, key);
  if (spent.limits.maxTurns !== null && spent.turns + others.calls + 1 > spent.limits.maxTurns) return null;
  const tokens = share(
    spent.limits.maxTokens,
    spent.tokens,
    others.tokens,
    spent.largest.tokens,
    others.calls,
  );
  const micros = share(
    spent.limits.maxCostMicros,
    spent.costMicros ?? 0,
    others.costMicros,
    spent.largest.costMicros,
    others.calls,
  );
  if (tokens === null || micros === null) return null;
  const left = [
    spent.limits.maxTokens === null ? null : spent.limits.maxTokens - spent.tokens - others.tokens,
    segment.limits.maxTokens === null ? null : segment.limits.maxTokens - segment.tokens,
  ].filter((room) => room !== null);
  return {
    reserved: { tokens, costMicros: micros },
    maxOutputTokens: left.length === 0 ? null : Math.max(1, Math.min(...left)),
  };
}

/** What one call reserves of a limit: null = it has to wait, 0 = there is no limit. */
function share(
  limit: number | null,
  used: number,
  reserved: number,
  expected: number,
  openCalls: number,
): number | null {
  if (limit === null) return 0;
  const room = limit - used - reserved;
  if (openCalls > 0 && (expected === 0 || expected > room)) return null;
  return expected === 0 ? room : Math.min(expected, room);
}

function reservedByOthers(draft: Draft, key: string) {
  let calls = 0;
  let tokens = 0;
  let costMicros = 0;
  for (const other of openSteps(draft)) {
    const agent = other === key ? undefined : draft.steps[other]?.agent;
    if (agent?.phase !== 'call') continue;
    calls += 1;
    tokens += agent.reserved.tokens;
    costMicros += agent.reserved.costMicros;
  }
  return { calls, tokens, costMicros };
}

/** What a model call consumed, as its activity said; null when it said nothing that can be counted. */
function consumedOf(words: unknown): Pick<ModelUsage, 'totalTokens' | 'costMicros'> | null {
  const usage = (words as { usage?: Partial<ModelUsage> } | null | undefined)?.usage;
  const { totalTokens, costMicros } = usage ?? {};
  if (typeof totalTokens !== 'number' || !Number.isFinite(totalTokens)) return null;
  return { totalTokens, costMicros: typeof costMicros === 'number' ? costMicros : null };
}

/** Counts a call for its step and for the run, and warns where a limit is near. */
export function account(draft: Draft, key: string, words: unknown): void {
  const consumed = consumedOf(words);
  if (consumed === null) return;
  const { spent } = draft.state;
  const { segment } = agentOf(draft, key);
  changeAgent(draft, key, { segment: { ...segment, ...sum(segment, consumed) } });
  change(draft, {
    spent: {
      ...spent,
      ...sum(spent, consumed),
      largest: {
        tokens: Math.max(spent.largest.tokens, consumed.totalTokens),
        costMicros: Math.max(spent.largest.costMicros, consumed.costMicros ?? 0),
      },
    },
  });
  warn(draft, key);
}

function sum(counters: Counters, { totalTokens, costMicros }: NonNullable<ReturnType<typeof consumedOf>>) {
  return {
    turns: counters.turns + 1,
    tokens: counters.tokens + totalTokens,
    costMicros: addCost(counters.costMicros, costMicros),
  };
}

function warn(draft: Draft, key: string): void {
  const { segment } = agentOf(draft, key);
  const own = newlyNear(segment, segment.limits, draft.at.now);
  if (own.length > 0) {
    changeAgent(draft, key, { segment: { ...segment, warned: [...segment.warned, ...own.map(nameOf)] } });
    for (const gauge of own) noteNear(draft, key, gauge);
  }
  const { spent } = draft.state;
  const shared = newlyNear(spent, spent.limits, draft.at.now);
  if (shared.length === 0) return;
  change(draft, { spent: { ...spent, warned: [...spent.warned, ...shared.map(nameOf)] } });
  for (const gauge of shared) noteNear(draft, null, gauge);
}

const nameOf = ({ limit }: Gauge): LimitName => limit;

function newlyNear(counters: SegmentState | SpentState, limits: Limits, now: number): Gauge[] {
  return gauges(counters, limits, now).filter(
    ({ limit, used, of }) => used !== null && used >= of * WARN_AT && !counters.warned.includes(limit),
  );
}

function noteNear(draft: Draft, step: string | null, { limit, used, of }: Gauge): void {
  note(draft, { type: 'limit_near', step, limit, used: used ?? 0, of });
}

/** ms that the limits on time leave; null = no such limit. */
export function timeLeft(draft: Draft, key: string): number | null {
  const { segment } = agentOf(draft, key);
  const { spent } = draft.state;
  const left = [segment, spent].flatMap(({ limits, startedAt }) =>
    limits.maxDurationMs === null ? [] : [limits.maxDurationMs - (draft.at.now - startedAt)],
  );
  return left.length === 0 ? null : Math.max(1, Math.min(...left));
}

/** A pause does not count: the clocks of all agents are set on. */
export function forgiveAgents(draft: Draft, ms: number): void {
  for (const key of Object.keys(draft.steps)) forgiveAgent(draft, key, ms);
}

/** Nor does waiting for people. */
export function forgiveAgent(draft: Draft, key: string, ms: number): void {
  const { agent } = draft.steps[key] ?? {};
  if (agent === undefined) return;
  const { segment } = agent;
  changeAgent(draft, key, { segment: { ...segment, startedAt: segment.startedAt + ms } });
}
