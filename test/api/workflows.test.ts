import { beforeAll, describe, expect, it } from 'vitest';
import type { Workflow, WorkflowVersion } from '../../src/contract/workflow.ts';
import type { Page } from '../../src/contract/shared/common.ts';
import { startApi, type Answer, type Api } from './harness.ts';

let api: Api;
beforeAll(async () => {
  api = await startApi();
});

const definition = (name: string, version = '1.0.0', prompt = 'Look at {{diff}}') => `
name: ${name}
version: ${version}
title: A review
steps:
  - key: parse
    agent: backend
    prompt: "${prompt}"
  - key: audit
    agent: security
    prompt: "Audit {{parse.result}}"
    dependencies: [parse]
`;

describe('publishing', () => {
  it('makes a version that can be read again: row, steps, dependencies, text and plan', async () => {
    const published = await api.publish(definition('review'));
    expect(published.status).toBe(201);
    expect(published.headers.get('location')).toBe('/api/v1/workflows/review/versions/1.0.0');
    expect(published.body).toMatchObject({ workflow: 'review', version: '1.0.0', ordinal: 1 });
    expect(published.body).toMatchObject({ warnings: [{ code: 'input_implied', line: 8 }] });
    expect(published.body.hash).toMatch(/^sha256:[0-9a-f]{64}$/);

    const { body: workflow } = await api.get<{ selected: object }>('/workflows/review');
    expect(workflow).toMatchObject({
      name: 'review',
      latest_version: '1.0.0',
      title: 'A review',
      archived_at: null,
    });
    expect(workflow.selected).toMatchObject({
      inputs: { diff: { required: true } },
      steps: [
        { key: 'parse', position: 0, level: 0, kind: 'agent', parallel: true, dependencies: [] },
        { key: 'audit', position: 1, level: 1, dependencies: ['parse'] },
      ],
    });

    const { body: version } = await api.get<{ source: string; plan: object }>(
      '/workflows/review/versions/1.0.0',
    );
    expect(version.source).toBe(definition('review'));
    expect(version.plan).toMatchObject({ name: 'review', hash: published.body.hash });
    const byHash = await api.get(`/workflows/review/versions/${published.body.hash}`);
    expect(byHash.body).toEqual(version);
  });

  it('answers the same version for the same text, and for the same plan as JSON', async () => {
    const first = await api.publish(definition('twice'));
    const again = await api.publish(definition('twice'));
    expect(again.status).toBe(200);
    expect(again.body).toEqual(first.body);
    const steps = [
      { key: 'parse', agent: 'backend', prompt: 'Look at {{diff}}' },
      { key: 'audit', agent: 'security', prompt: 'Audit {{parse.result}}', dependencies: ['parse'] },
    ];
    const json = JSON.stringify({ name: 'twice', version: '1.0.0', title: 'A review', steps });
    const asJson = await api.publish(json, 'application/json; charset=utf-8');
    expect(asJson.status).toBe(200);
    expect(asJson.body.hash).toBe(first.body.hash);
  });

  it('refuses other content under a published version, and takes it under a new one', async () => {
    await api.publish(definition('strict'));
    const changed = await api.publish(definition('strict', '1.0.0', 'Look harder at {{diff}}'));
    expect(changed.status).toBe(409);
    expect(changed.body).toMatchObject({ code: 'version_exists' });
    const next = await api.publish(definition('strict', '1.1.0', 'Look harder at {{diff}}'));
    expect(next.status).toBe(201);
    expect(next.body).toMatchObject({ ordinal: 2 });
    const { body: newest } = await api.get('/workflows/strict');
    expect(newest).toMatchObject({ selected: { version: '1.1.0' } });
    const { body: older } = await api.get('/workflows/strict@1.0.0');
    expect(older).toMatchObject({ latest_version: '1.1.0', selected: { version: '1.0.0' } });
  });

  it('lets one of several who publish different content at once through', async () => {
    const prompts = Array.from({ length: 6 }, (_, n) => `Look ${n} at {{diff}}`);
    const answers = await Promise.all(
      prompts.map((prompt) => api.publish(definition('race', '1.0.0', prompt))),
    );
    expect(answers.map((answer) => answer.status).toSorted()).toEqual([201, 409, 409, 409, 409, 409]);
    const { body } = await api.get<Page<WorkflowVersion>>('/workflows/race/versions');
    expect(body.items).toHaveLength(1);
  });

  it('tells every error with its place, and keeps nothing', async () => {
    const answer = await api.publish(`name: broken
steps:
  - key: a
    prompt: hello
    agent: code
    dependencies: [nobody]
  - key: a
    agent: test
    prompt: "{{ steps.b.result }}"
`);
    expect(answer.status).toBe(422);
    expect(answer.body).toMatchObject({ code: 'definition_invalid' });
    expect(answer.body.errors.length).toBeGreaterThanOrEqual(3);
    for (const error of answer.body.errors) {
      expect(error).toMatchObject({
        line: expect.any(Number),
        column: expect.any(Number),
        code: expect.any(String),
        message: expect.any(String),
      });
    }
    await expect(api.get('/workflows/broken')).resolves.toMatchObject({ status: 404 });
  });

  it('judges what was made to keep it busy, and goes on answering', async () => {
    const bomb = `name: bomb\nversion: "1"\nsteps: [{ key: a, transform: '${'{{1}}'.repeat(21_000)}' }]`;
    const pending = Array.from({ length: 40 }, () => api.publish(bomb));
    const health = await api.get('/workflows?limit=1');
    const answers = await Promise.all(pending);
    expect(health.status).toBe(200);
    // How many are refused, if any, is a matter of the machine; nobody gets anything else.
    const told = new Set(
      answers.map(({ status, headers, body }) => {
        const { code } = body as unknown as { readonly code: string };
        return `${status} ${code} ${headers.get('retry-after') ?? ''}`;
      }),
    );
    told.delete('503 server_busy 1');
    expect([...told]).toEqual(['422 definition_invalid ']);
    expect((await api.publish(definition('after-the-bombs'))).status).toBe(201);
  });

  it('knows the agents of files, and freezes them into the plan', async () => {
    const naming = (agent: string): string =>
      `name: by-${agent}\nversion: 1.0.0\nsteps:\n  - { key: a, agent: ${agent}, prompt: Sing }\n`;
    expect(await api.publish(naming('poet'))).toMatchObject({ status: 201 });
    expect(await api.get('/workflows/by-poet/versions/1.0.0')).toMatchObject({
      body: {
        plan: { agents: { poet: { purpose: 'Writes poems' } }, steps: [{ spec: { temperature: 1 } }] },
      },
    });
    expect(await api.publish(naming('broken'))).toMatchObject({
      status: 422,
      body: { errors: [{ file: 'agents/broken.yaml', line: 2, column: 1, code: 'field_unknown' }] },
    });
    expect(await api.publish(naming('nobody'))).toMatchObject({
      status: 422,
      body: { errors: [{ path: 'steps[0].agent', code: 'agent_unknown' }] },
    });
  });

  it('does not fall over odd texts', async () => {
    for (const text of ['', '\0', '[]', 'null', '"name"', '{', 'a: &a [*a]', '\ud800', '%'.repeat(100)]) {
      expect((await api.publish(text)).status, JSON.stringify(text)).toBe(422);
    }
  });
});

describe('validating', () => {
  const validate = async (text: string) => {
    const response = await fetch(`${api.url}/api/v1/workflows/validate?file=flow.yaml`, {
      method: 'POST',
      headers: { 'content-type': 'application/yaml' },
      body: text,
    });
    return { status: response.status, body: (await response.json()) as Record<string, unknown> };
  };

  it('answers 200 both ways and keeps nothing', async () => {
    const good = await validate(definition('validated'));
    expect(good).toMatchObject({ status: 200, body: { valid: true, errors: [] } });
    const bad = await validate('name: validated\nsteps: 3\n');
    expect(bad).toMatchObject({
      status: 200,
      body: { valid: false, errors: [{ file: 'flow.yaml', line: 2 }] },
    });
    await expect(api.get('/workflows/validated')).resolves.toMatchObject({ status: 404 });
  });
});

describe('lists', () => {
  it('of workflows come by name, page by page', async () => {
    const names = ['page-a', 'page-b', 'page-c', 'page-d', 'page-e'];
    for (const name of names) await api.publish(definition(name));
    const seen: string[] = [];
    for (let cursor: string | null = ''; cursor !== null;) {
      const { body }: Answer<Page<Workflow>> = await api.get(
        `/workflows?limit=2${cursor === '' ? '' : `&cursor=${cursor}`}`,
      );
      expect(body.items.length).toBeLessThanOrEqual(2);
      seen.push(...body.items.map((item) => item.name));
      cursor = body.next_cursor;
    }
    expect(seen).toEqual([...new Set(seen)].toSorted());
    expect(seen).toEqual(expect.arrayContaining(names));
  });

  it('of versions come newest first, page by page', async () => {
    for (const version of ['1.0.0', '2.0.0', '1.5.0']) await api.publish(definition('versions', version));
    const first = await api.get<Page<WorkflowVersion>>('/workflows/versions/versions?limit=2');
    expect(first.body.items).toMatchObject([{ version: '1.5.0' }, { version: '2.0.0' }]);
    const rest = await api.get(`/workflows/versions/versions?limit=2&cursor=${first.body.next_cursor}`);
    expect(rest.body).toMatchObject({ items: [{ version: '1.0.0' }], next_cursor: null });
    const foreign = await api.get(`/workflows?cursor=${first.body.next_cursor}`);
    expect(foreign.body).toMatchObject({ status: 400, code: 'invalid_cursor' });
  });

  it('say what is unknown', async () => {
    await expect(api.get('/workflows/nobody')).resolves.toMatchObject({
      body: { code: 'workflow_not_found' },
    });
    await expect(api.get('/workflows/nobody/versions')).resolves.toMatchObject({
      body: { code: 'workflow_not_found' },
    });
    await expect(api.get('/workflows/versions@9')).resolves.toMatchObject({
      body: { code: 'version_not_found' },
    });
    await expect(api.get('/workflows/a%00b')).resolves.toMatchObject({ status: 400 });
  });
});

describe('archiving', () => {
  it('takes a workflow out of use and puts it back', async () => {
    await api.publish(definition('old'));
    const archived = await api.post('/workflows/old/archive');
    expect(archived).toMatchObject({ status: 200, body: { archived_at: expect.any(String) } });
    await expect(api.post('/workflows/old/archive')).resolves.toMatchObject({ body: archived.body });
    const listed = async (query: string) =>
      (await api.get<Page<Workflow>>(`/workflows?limit=200${query}`)).body.items.map(
        (item: { name: string }) => item.name,
      );
    await expect(listed('')).resolves.not.toContain('old');
    await expect(listed('&archived=true')).resolves.toEqual(['old']);
    await expect(listed('&archived=all')).resolves.toContain('old');

    const start = await api.post('/runs', { workflow: 'old', inputs: { diff: 'x' } });
    expect(start).toMatchObject({ status: 409, body: { code: 'workflow_archived' } });
    await expect(api.publish(definition('old', '2.0.0'))).resolves.toMatchObject({
      status: 409,
      body: { code: 'workflow_archived' },
    });
    await expect(api.publish(definition('old'))).resolves.toMatchObject({ status: 200 });

    await expect(api.post('/workflows/old/unarchive')).resolves.toMatchObject({
      body: { archived_at: null },
    });
    await expect(api.publish(definition('old', '2.0.0'))).resolves.toMatchObject({ status: 201 });
    await expect(api.post('/workflows/nobody/archive')).resolves.toMatchObject({ status: 404 });
  });
});
