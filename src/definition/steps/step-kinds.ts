/** Compiles what is particular to each kind of step. */
import type { Json, Path } from '../../plan/json.ts';
import type { CommandSpec, HttpSpec, StepSpec, TransformSpec, WaitSpec } from '../../plan/plan.ts';
import type { TemplateNode } from '../../plan/template.ts';
import { compileAgentSpec } from '../agents/agent-spec.ts';
import { compileAsk } from './ask.ts';
import { noteOutside, noteVariables } from '../text/doubtful-texts.ts';
import { durationOr } from '../fields/durations.ts';
import type { KindContext } from '../agents/kind-context.ts';
import type { Problems } from '../text/problem.ts';
import { httpSchema, type StepShape } from '../schema.ts';
import { shaped } from '../fields/shape.ts';
import type { TemplateCompiler } from '../expressions/template.ts';

/** The spec of a step; null after problems that leave none. */
export function compileSpec(step: StepShape, context: KindContext): StepSpec | null {
  if ('agent' in step) return compileAgentSpec(step, context);
  if ('http' in step) return httpSpec(step, context);
  if ('command' in step) return commandSpec(step, context);
  if ('ask' in step) return compileAsk(step, context);
  if ('transform' in step) return transformSpec(step, context);
  return waitSpec(step, context);
}

function httpSpec(step: StepShape<'http'>, { path, problems, templates }: KindContext): HttpSpec | null {
  const at = [...path, 'http'];
  const http = shaped(httpSchema, step.http, at, problems);
  if (http === null) return null;
  for (const field of ['url', 'body'] as const) noteVariables(http[field], [...at, field], problems);
  if (http.method !== undefined || !hasMethod(step.http)) refuseBody(http, at, problems);
  return {
    kind: 'http',
    method: http.method ?? 'GET',
    url: templates.node(http.url, [...at, 'url']),
    headers: nodes(http.headers, [...at, 'headers'], templates, problems),
    query: nodes(http.query, [...at, 'query'], templates, problems),
    body: http.body === undefined ? null : templates.node(http.body as Json, [...at, 'body']),
  };
}

const hasMethod = (http: unknown): boolean =>
  typeof http === 'object' && http !== null && Object.hasOwn(http, 'method');

/** Without a method it is GET, and that sends none. */
function refuseBody(
  { method = 'GET', body }: { readonly method?: string | undefined; readonly body?: unknown },
  path: Path,
  problems: Problems,
): void {
  if (body === undefined || (method !== 'GET' && method !== 'HEAD')) return;
  const message = `A request with ${method} has no body.`;
  problems.error('field_without_effect', [...path, 'body'], message, 'Write method: POST beside it.', 'key');
}

function commandSpec(step: StepShape<'command'>, { path, problems, templates }: KindContext): CommandSpec {
  return {
    kind: 'command',
    argv: step.command.map((argument, at) => templates.node(argument, [...path, 'command', at])),
    cwd: step.cwd === undefined ? null : templates.node(step.cwd, [...path, 'cwd']),
    env: nodes(step.env, [...path, 'env'], templates, problems),
    stdin: step.stdin === undefined ? null : templates.node(step.stdin as Json, [...path, 'stdin']),
  };
}

/** A text without `{{` is an expression; everything else is a template. */
function transformSpec(
  step: StepShape<'transform'>,
  { path, problems, templates }: KindContext,
): TransformSpec {
  const at = [...path, 'transform'];
  const value = step.transform as Json;
  if (typeof value === 'string' && value.includes('{{')) noteOutside(value, at, problems);
  const bare = typeof value === 'string' && !value.includes('{{');
  return { kind: 'transform', value: bare ? templates.expression(value, at) : templates.node(value, at) };
}

function waitSpec(step: StepShape<'wait'>, { path, problems, templates }: KindContext): WaitSpec {
  const at = [...path, 'wait'];
  const computed = typeof step.wait === 'string' && step.wait.includes('{{');
  return {
    kind: 'wait',
    duration: computed ? templates.node(step.wait, at) : durationOr(step.wait, 0, at, problems),
  };
}

function nodes(
  values: Readonly<Record<string, unknown>> | undefined,
  path: Path,
  templates: TemplateCompiler,
  problems: Problems,
): Record<string, TemplateNode> {
  const entries = Object.entries(values ?? {});
  for (const [name, value] of entries) noteVariables(value, [...path, name], problems);
  return Object.fromEntries(
    entries.map(([name, value]) => [name, templates.node(value as Json, [...path, name])]),
  );
}
