/**
 * A proposed edit of a run's plan becomes a whole plan: the text of the present one, edited and compiled. Whether the run
 * takes it, the run decides. Done twice it comes to the same.
 *
 * What the run may take is stored first: whoever loads a large plan later finds it by its hash.
 */
import type { AgentFiles, DefinitionProblem } from '../../../definition/index.ts';
import type { Compiler } from '../../../compiling/compiler.ts';
import type { Database } from '../../../database/database.ts';
import { addRunPlan, findDefinition } from '../../../database/run-plans.ts';
import type { DefinitionRow } from '../../../database/run-plans.ts';
import { BatonError } from '../../../errors/errors.ts';
import { jsonBytes } from '../../../plan/json.ts';
import type { Json } from '../../../plan/json.ts';
import type { Plan } from '../../../plan/plan.ts';
import type { PlanToEdit, ProposedPlan, ToolActivityInput } from '../../../protocol/agent.ts';
import { agentsFor } from '../../../protocol/editing/proposal.ts';
import { withStorage } from '../../storage.ts';
import { count, ToolRefusal } from '../tool.ts';
import type { ToolReply } from '../tool.ts';
import { askedEdits } from './definition.ts';
import type { Asked } from './definition.ts';
import { assertMembers, editsIn, withoutRights } from './proposed-edits.ts';

const MAX_BYTES = 256 * 1024;
/** Of the errors of an edited definition, so many are told. */
const MAX_TOLD = 10;
/** Of the steps that there are, so many are shown. */
const MAX_SHOWN = 200;

export interface ProposeDeps {
  readonly database: Database;
  readonly compiler: Pick<Compiler, 'edit'>;
  readonly agentFiles: () => Promise<AgentFiles>;
}

export type ProposalReply = ToolReply & { readonly proposed?: ProposedPlan };
export type Propose = (input: ToolActivityInput, args: Json) => Promise<ProposalReply>;

/** Makes it. It throws ToolRefusal for whatever is wrong with the proposal, StepFailure `storage_unavailable`. */
export function proposer(deps: ProposeDeps): Propose {
  return async ({ run, edits: wanted }, args) => {
    if (wanted === undefined) throw new ToolRefusal('This step may not propose edits of the plan.');
    const { resultOf } = wanted;
    const said = resultOf === undefined ? args : editsIn(resultOf, args);
    if (said === null) return { value: null, isError: false, comment: '' };
    if (jsonBytes(said) > MAX_BYTES)
      throw new ToolRefusal(`The proposal is larger than ${count(MAX_BYTES, 'byte')}. Propose it in parts.`);
    const asked = askedEdits(said);
    const present = await definitionOf(deps, run.workflow, wanted.hash);
    if (asked.edits.length === 0) return describePlan(present.plan, wanted);
    const edited = await editedPlan(deps, present, asked);
    if (wanted.mayTake) await withStorage(() => deps.database.query(addRunPlan(run.id, edited)));
    const proposed = { plan: edited.plan, revision: wanted.revision, reason: asked.reason };
    const value = { edits: asked.edits, ...(asked.reason === null ? {} : { reason: asked.reason }) };
    return { value: value as unknown as Json, isError: false, comment: 'Proposed an edit', proposed };
  };
}

async function definitionOf(
  { database }: ProposeDeps,
  workflow: string,
  hash: string,
): Promise<DefinitionRow> {
  const { rows } = await withStorage(() => database.query<DefinitionRow>(findDefinition(workflow, hash)));
  const [found] = rows;
  if (found !== undefined) return found;
  throw new ToolRefusal(
    'The text of the plan is not stored: only a person can edit it, by the whole definition.',
  );
}

async function editedPlan(deps: ProposeDeps, { source, plan }: DefinitionRow, { edits }: Asked) {
  assertMembers(edits);
  const list = withoutRights(edits, plan);
  const agents = await deps.agentFiles();
  const options = { format: 'yaml', agents } as const;
  const compiled = await told(() => deps.compiler.edit(source, { list, path: 'edits' }, options));
  if ('plan' in compiled && compiled.plan !== null)
    return { plan: compiled.plan, source: compiled.source, format: 'yaml' as const };
  throw new ToolRefusal(`With these edits the definition is wrong. ${problemsText(compiled)}`);
}

/** What the compiler says is for the model. */
async function told<T>(work: () => Promise<T>): Promise<T> {
  try {
    return await work();
  } catch (error) {
    if (error instanceof BatonError) throw new ToolRefusal(error.message, { cause: error });
    throw error;
  }
}

function problemsText(compiled: object): string {
  const errors = 'errors' in compiled ? (compiled.errors as readonly DefinitionProblem[]) : [];
  const lines = errors
    .slice(0, MAX_TOLD)
    .map(
      ({ path, code, message, hint }) =>
        `${path} (${code}): ${message}${hint === undefined ? '' : ` ${hint}`}`,
    );
  const more = errors.length > MAX_TOLD ? [`And ${errors.length - MAX_TOLD} more.`] : [];
  return [...lines, ...more].join('\n');
}

/** What there is, and what may be proposed. */
function describePlan(plan: Plan, { revision, room, policy }: PlanToEdit): ProposalReply {
  const shown = plan.steps.slice(0, MAX_SHOWN).map(({ key, kind, spec, dependencies }) => ({
    ...{ key, kind, dependencies },
    ...(spec.kind === 'agent' ? { agent: spec.agent } : {}),
  }));
  const { kinds, policy: how } = policy;
  const agents = agentsFor(plan, policy);
  const value = { revision, steps: shown, may_propose: { policy: how, steps: room, kinds, agents } };
  return { value: value as unknown as Json, isError: false, comment: 'Looked at the plan' };
}
