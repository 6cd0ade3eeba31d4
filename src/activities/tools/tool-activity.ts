/**
 * Activity `tool`: one call of a tool. Whatever the tool says, and whatever the model got wrong, is an answer; only
 * failures of the machinery fail the activity.
 */
import { alarmAfter } from '../../alarm.ts';
import { loadBlobs } from '../../database/blobs.ts';
import type { Json, JsonObject } from '../../plan/json.ts';
import { ASK_USER, EDIT_PLAN } from '../../protocol/agent.ts';
import type { ToolActivity, ToolActivityInput, ToolActivityOutput } from '../../protocol/agent.ts';
import type { SuppliedValue } from '../../protocol/values.ts';
import { storableText } from '../../plan/storable.ts';
import { effectOfTool } from '../effects/effect-of.ts';
import { framed, underSignal, type ActivityDeps } from '../frame.ts';
import { storeResult } from '../results.ts';
import { maskJson, withoutLogins, type Masking } from '../../secrets/masking.ts';
import { StepFailure } from '../step-failure.ts';
import { withStorage } from '../storage.ts';
import type { ProposalReply, Propose } from './edit-plan/propose.ts';
import { LARGEST_PLAN_BYTES } from '../travelling.ts';
import { assertWorkspace } from '../places/layout.ts';
import type { Snapshots } from '../workspace/snapshots/snapshots.ts';
import { mcpServerOf } from './mcp/mcp-names.ts';
import { ToolRefusal, type ToolContext, type ToolReply } from './tool.ts';
import type { Toolbox } from './toolbox.ts';

/** How long before the activity's own deadline a tool is stopped, so that it can still say so. */
const MARGIN_MS = 2_000;

/** Tools that change nothing in a workspace. Of those of MCP servers nobody knows. */
const READING: ReadonlySet<string> = new Set([
  ...(['read_file', 'list_files', 'search_files', 'http_fetch'] as const),
  ...([ASK_USER, EDIT_PLAN] as const),
]);

/** Makes the activity. It fails with `storage_unavailable`, `value_missing`, `workspace_lost` and what ends every attempt. */
export function toolActivity(
  deps: ActivityDeps,
  toolbox: Toolbox,
  { propose, snapshots }: { readonly propose: Propose; readonly snapshots?: Snapshots },
): ToolActivity {
  return framed(
    deps,
    describe,
    async (input: ToolActivityInput, { signal }): Promise<ToolActivityOutput> => {
      const reply = await underSignal(signal, async () => {
        const args = await argumentsOf(input.call.input, deps);
        if (input.workspace !== null) await assertWorkspace(input.workspace);
        return answer(input, args, { toolbox, propose, signal, masking: deps.secrets });
      });
      const clean = (text: string) => storableText(deps.secrets.mask(text));
      const value = maskJson(reply.value, clean);
      const result = await storeResult(value, [], { database: deps.database, signal });
      const { isError, proposed } = reply;
      const comment = withoutLogins(clean(reply.comment));
      const files = READING.has(input.call.name) ? {} : await snapshots?.(input, signal);
      return { result, isError, comment, ...(proposed === undefined ? {} : { proposed }), ...files };
    },
    effectOfTool,
    LARGEST_PLAN_BYTES,
  );
}

function describe({ run, step, call }: ToolActivityInput): Record<string, Json> {
  return { run: run.id, step: step.key, attempt: step.attempt, turn: step.turn, tool: call.name };
}

async function argumentsOf(supplied: SuppliedValue, { database }: ActivityDeps): Promise<Json> {
  if ('value' in supplied) return supplied.value;
  const hash = supplied.ref.$blob;
  const value = (await withStorage(() => loadBlobs(database, [hash]))).get(hash);
  if (value !== undefined) return value;
  throw new StepFailure('value_missing', `Stored value ${hash} is not in the blob table any more.`);
}

interface Means {
  readonly toolbox: Toolbox;
  readonly propose: Propose;
  readonly signal: AbortSignal;
  readonly masking: Masking;
}

/** The tool under a deadline of its own, and its refusals as answers. */
async function answer(
  input: ToolActivityInput,
  args: Json,
  { toolbox, propose, signal, masking }: Means,
): Promise<ProposalReply> {
  const { name } = input.call;
  const limitMs = Math.max(input.timeoutMs - MARGIN_MS, input.timeoutMs / 2);
  const alarm = alarmAfter(limitMs);
  const context: ToolContext = {
    workspace: input.workspace,
    idempotencyKey: input.idempotencyKey,
    signal: AbortSignal.any([signal, alarm]),
    masking,
  };
  try {
    if (name === EDIT_PLAN) return await propose(input, args);
    return await perform(input, args, toolbox, context);
  } catch (error) {
    if (signal.aborted) throw error;
    if (alarm.aborted)
      return refused(name, `The call took longer than ${Math.round(limitMs / 1_000)} s and was stopped.`);
    // Masked before a sentence is cut out of it.
    if (error instanceof ToolRefusal) return refused(name, masking.mask(error.message));
    throw error;
  }
}

async function perform(
  { call, mcp, run }: ToolActivityInput,
  args: Json,
  toolbox: Toolbox,
  context: ToolContext,
): Promise<ToolReply> {
  if (call.cut === true) {
    throw new ToolRefusal('The answer was cut before the arguments of this call were whole. Call it again.');
  }
  const own = toolbox.builtIn.get(call.name);
  if (own !== undefined) return own.call(args, context);
  const server = mcpServerOf(call.name);
  if (server === null || mcp === null) {
    const names = [...toolbox.builtIn.keys()].join(', ');
    throw new ToolRefusal(`There is no tool "${call.name}". Baton's own are: ${names}.`);
  }
  if (typeof args !== 'object' || args === null || Array.isArray(args)) {
    throw new ToolRefusal(`The arguments of ${call.name} must be an object.`);
  }
  return toolbox.mcp.call({
    ...context,
    name: server,
    spec: mcp,
    run: run.id,
    tool: call.name,
    args: args as JsonObject,
  });
}

function refused(name: string, message: string): ToolReply {
  return { value: message, isError: true, comment: `${name} failed: ${firstSentence(message)}` };
}

function firstSentence(message: string): string {
  const line = message.split('\n', 1)[0] ?? '';
  return /^.{0,300}?[.](?=\s|$)/.exec(line)?.[0] ?? line.slice(0, 300);
}
