/**
 * Steps of kind `node`: work for a program of the user's own, by what that can do and which labels it has; or, by a task
 * queue, for an activity of a Temporal worker.
 */
import { z } from 'zod';
import type { Json, JsonObject, Path } from '../../plan/json.ts';
import type { NodeSpec } from '../../plan/plan.ts';
import { compileSchema } from '../fields/json-schema.ts';
import { anything, checked, data, named, template } from '../fields/schema.ts';
import { shaped } from '../fields/shape.ts';
import { errandOf } from './errand.ts';
import { PLAIN, stepSchema } from './kind.ts';
import type { KindContext, KindDefinition } from './kind.ts';
import { nodes } from './nodes.ts';

const schema = stepSchema({ node: anything, output_schema: z.record(checked, anything).optional() });
type NodeStep = z.infer<typeof schema>;

const nodeSchema = z.strictObject({
  capability: named.optional(),
  labels: z.record(checked, template).optional(),
  prefer: z.record(checked, template).optional(),
  task_queue: named.optional(),
  activity: named.optional(),
  heartbeat: z.union([checked, z.number()]).optional(),
  input: data.optional(),
});
type NodeFields = z.infer<typeof nodeSchema>;

export const nodeDefinition: KindDefinition<NodeSpec, NodeStep> = {
  ...PLAIN,
  schema,
  compile: compileNode,
};

function compileNode(step: NodeStep, context: KindContext): NodeSpec | null {
  const { path, problems, templates } = context;
  const at = [...path, 'node'];
  const written = typeof step.node === 'string' ? { capability: step.node } : step.node;
  const node = shaped(nodeSchema, written, at, problems);
  if (node === null) return null;
  const errand = errandOf(node, at, context);
  if (errand === null) demandNeed(node, at, context);
  const output = step.output_schema as JsonObject | undefined;
  return {
    kind: 'node',
    capability: node.capability ?? null,
    labels: nodes(node.labels, [...at, 'labels'], context),
    prefer: nodes(node.prefer, [...at, 'prefer'], context),
    input: node.input === undefined ? null : templates.node(node.input as Json, [...at, 'input']),
    outputSchema: output === undefined ? null : compileSchema(output, [...path, 'output_schema'], problems),
    // What nobody has said stands in no plan: it keeps the hash that it had before there was the field.
    ...(errand !== null && { errand }),
  };
}

function demandNeed({ capability, labels }: NodeFields, at: Path, { problems }: KindContext): void {
  if (capability !== undefined || Object.keys(labels ?? {}).length > 0) return;
  problems.error(
    'field_missing',
    at,
    'A step for a node says what that must be able to do.',
    'Write node: {capability: NAME}, or labels that the node must have; or task_queue and activity of a Temporal worker.',
  );
}
