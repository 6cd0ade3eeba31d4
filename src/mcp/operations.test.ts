/** Tools against the routes: what people can do, models can, unless a reason says why not; and what scopes promise holds. */
import { describe, expect, it } from 'vitest';
import { ROUTES } from '../api/routes/index.ts';
import { LEFT_OUT, OPERATIONS, type Operation } from './operations.ts';
import { listed } from './listed.ts';
import { SCOPES } from './scope.ts';
import { TOOLS } from './tools/index.ts';

const endpoints = ROUTES.filter(({ base }) => base === '/api/v1').flatMap((group) => group.endpoints);
const used = (names: readonly Operation[]) => new Set(names);

describe('operations', () => {
  it('are those of the routes, under the routes that they have', () => {
    const routes = new Map(
      endpoints.map((one) => [one.operation, `${one.method.toUpperCase()} ${one.path}`]),
    );
    const wrong = Object.entries(OPERATIONS).filter(([operation, route]) => routes.get(operation) !== route);
    expect(wrong).toEqual([]);
  });

  it('are in tools, or left out for a reason, and never both', () => {
    const all = endpoints.map(({ operation }) => operation).toSorted();
    expect([...Object.keys(OPERATIONS), ...Object.keys(LEFT_OUT)].toSorted()).toEqual(all);
    expect(Object.values(LEFT_OUT).filter((reason) => reason.length < 20)).toEqual([]);
  });

  it('are each in some tool', () => {
    const inTools = used(TOOLS.flatMap(({ operations }) => operations));
    expect(Object.keys(OPERATIONS).filter((one) => !inTools.has(one as Operation))).toEqual([]);
  });
});

describe('tools', () => {
  it.each(TOOLS.filter(({ scope }) => scope === 'read').map((tool) => [tool.name, tool] as const))(
    '%s only reads',
    (_, { operations }) => {
      const changing = endpoints.filter(({ method, action }) => method !== 'get' && action !== null);
      const names = new Set(changing.map(({ operation }) => operation));
      expect(operations.filter((operation) => names.has(operation))).toEqual([]);
    },
  );

  it.each(TOOLS.map((tool) => [tool.name, tool] as const))(
    '%s is told in a form that clients take',
    (name, tool) => {
      expect(name).toMatch(/^[a-z]+(_[a-z]+){1,3}$/);
      expect(tool.description).toMatch(/^[A-Z`].{30,700}[.]$/s);
    },
  );

  it('have names of their own', () => {
    expect(new Set(TOOLS.map(({ name }) => name)).size).toBe(TOOLS.length);
  });

  it('are listed as objects of JSON Schema, and take no more than a model bears', () => {
    const tools = listed(SCOPES);
    expect(tools.filter(({ inputSchema }) => inputSchema.type !== 'object')).toEqual([]);
    const untold = tools.flatMap(({ name, inputSchema }) =>
      Object.entries(inputSchema.properties ?? {}).flatMap(([member, schema]) =>
        Object.keys(schema).length === 0 ? [`${name}.${member}`] : [],
      ),
    );
    expect(untold).toEqual([]);
    const read = JSON.stringify(tools, (name, value: unknown) =>
      name === 'outputSchema' ? undefined : value,
    );
    expect(read.length).toBeLessThan(56_000);
  });

  it('that destroy say so', () => {
    const destroy = listed(SCOPES).filter(({ annotations }) => annotations?.destructiveHint === true);
    expect(destroy.map(({ name }) => name).toSorted()).toEqual(
      ['apply_edit', 'archive_workflow', 'cancel_run', 'promote_fork', 'redirect_run', 'restore_run'].concat(
        'steer_step',
        'withdraw_message',
      ),
    );
  });
});
