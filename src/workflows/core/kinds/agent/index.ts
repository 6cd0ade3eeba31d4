/**
 * Steps of kind `agent`: turns of a model with the calls of tools that it asks for. The life of an agent is drawn in
 * kernel/state.ts; what it is told and asks is people's, what it may use up stands in limits.ts.
 */
import type { AgentSpec } from '../../../../plan/plan.ts';
import { ASK_USER } from '../../../../protocol/agent.ts';
import { specForms } from '../../../../plan/spec-forms.ts';
import type { Kind } from '../../kernel/kind.ts';
import { changeAgent } from './agent-state.ts';
import { takeAnswer, takeExpiry } from './answers.ts';
import { endRest } from './calls.ts';
import { askForCompaction } from './compaction.ts';
import { interruptAgent } from './interrupt.ts';
import { forgiveAgents } from './limits.ts';
import { moveAgent } from './loop.ts';
import { closeCutCalls, goOn, reopened } from './reopen.ts';
import { reviewLimit, setLimits } from './set-limits.ts';
import { startAgent } from './start.ts';
import { takeAnswered, takeFailed, takeInterrupted } from './take.ts';
import { TURN_TIMEOUT_MS } from './turn.ts';

/** Tools that change nothing; what others do, those of servers among them, nobody knows. */
const LOOKING: ReadonlySet<string> = new Set([ASK_USER, 'read_file', 'list_files', 'search_files']);

const ASKING = { answered: takeAnswer, expired: takeExpiry } as const;

export const agentKind: Kind<AgentSpec> = {
  form: specForms.agent,
  own: 'agent',
  timeoutMs: TURN_TIMEOUT_MS,
  acts: ({ spec }) => spec.tools.some((tool) => !LOOKING.has(tool)),
  start: startAgent,
  answered: takeAnswered,
  failed: takeFailed,
  interrupted: takeInterrupted,
  reopened,
  timers: { tool: endRest },
  questions: { ask_user: ASKING, approval: ASKING, limit: ASKING },
  moves: {
    move: moveAgent,
    isInTurn: ({ agent }) => agent?.phase === 'tools',
    forgive: forgiveAgents,
  },
  talks: {
    nameOf: ({ spec }) => spec.agent,
    interrupt: interruptAgent,
    compact: askForCompaction,
    tell: (draft, { key }, text) => {
      const { agent } = draft.steps[key] ?? {};
      if (agent === undefined) return;
      const notice = { type: 'user', source: 'notice', text, by: null } as const;
      changeAgent(draft, key, { append: [...agent.append, notice] });
    },
  },
  limits: { set: setLimits, review: reviewLimit },
  continues: { closeCut: closeCutCalls, goOn },
};
