/** Graphs with where their steps are drawn, and figures of a period: of real runs. */
import { beforeAll, describe, expect, it } from 'vitest';
import type { Graph } from '../src/contract/runs/graph.ts';
import type { Insights } from '../src/contract/runs/insights.ts';
import { noteLag } from '../src/projections/following/note-lag.ts';
import { startBaton } from './support/baton.ts';

const baton = await startBaton();
const DEFINITION = `
name: drawn
version: 1.0.0
steps:
  - { key: a, title: First, transform: 1 }
  - { key: b, transform: '{{ a.result }}', dependencies: [a] }
  - { key: c, transform: '{{ a.result }}', dependencies: [a] }
  - { key: d, transform: 2, dependencies: [b, c] }
`;
const OTHER =
  'name: failing\nversion: "1"\nsteps: [{ key: fail, http: { url: "http://127.0.0.1:1/" }, retry: { attempts: 1 } }]';

const ids: string[] = [];
beforeAll(async () => {
  await baton.publish(DEFINITION);
  await baton.publish(OTHER);
  for (const workflow of ['drawn', 'drawn', 'failing']) ids.push((await baton.start({ workflow })).id);
  for (const id of ids) await baton.finished(id);
});

const graphOf = async (path: string) => (await baton.call<Graph>('GET', path)).body;
const drawings = async () =>
  (await baton.database.query<{ count: number }>('select count(*) from graph_layouts', [])).rows[0]?.count;

describe('a graph', () => {
  it('is drawn once for all that has its form', async () => {
    const [one, other] = [await graphOf(`/runs/${ids[0]}/graph`), await graphOf(`/runs/${ids[1]}/graph`)];
    const version = await graphOf('/workflows/drawn/versions/1.0.0/graph');
    expect(one).toMatchObject({
      layout: 'elk',
      nodes: [{ key: 'a', title: 'First', kind: 'transform', level: 0 }, {}, {}, {}],
    });
    expect(one.edges.map(({ from, to }) => `${from} ${to}`).toSorted()).toEqual(['a b', 'a c', 'b d', 'c d']);
    expect([other, version]).toEqual([one, one]);
    expect(await drawings()).toBe(1);
  });

  it('puts steps below what they wait for', async () => {
    const { nodes, width, height } = await graphOf(`/runs/${ids[0]}/graph`);
    const at = new Map(nodes.map(({ key, y }) => [key, y]));
    expect(nodes.map(({ key }) => (at.get(key) ?? 0) < height)).toEqual([true, true, true, true]);
    expect([...at.values()].toSorted((a, b) => a - b)).toEqual(
      ['a', 'b', 'c', 'd'].map((key) => at.get(key)),
    );
    expect(width).toBeGreaterThan(216);
  });

  it('is not there for what is not there', async () => {
    expect((await baton.call('GET', '/runs/nobody/graph')).body).toMatchObject({ code: 'run_not_found' });
    expect((await baton.call('GET', '/workflows/drawn/versions/9/graph')).body).toMatchObject({
      code: 'version_not_found',
    });
  });
});

describe('figures of a period', () => {
  const hour = 3_600_000;
  const ask = (query: string) => baton.call<Insights>('GET', `/insights?${query}`);
  const period = (from: number, until: number) =>
    `since=${new Date(Date.now() + from * hour).toISOString()}&until=${new Date(Date.now() + until * hour).toISOString()}`;

  it('are sums of what began in it, with the period before', async () => {
    const { body } = await ask(`${period(-2, 1)}&bucket=hour&zone=Europe/Berlin`);
    expect(body.totals).toMatchObject({ runs: 3, completed: 2, failed: 1, stopped: 0, open: 0 });
    expect(body.previous).toMatchObject({ runs: 0, p50_seconds: null, cost_estimate: null });
    expect(body.buckets.reduce((sum, { runs }) => sum + runs, 0)).toBe(3);
    expect(body.workflows.map(({ workflow, runs, failed }) => [workflow, runs, failed])).toEqual([
      ['drawn', 2, 0],
      ['failing', 1, 1],
    ]);
    expect(body.failures).toMatchObject([{ workflow: 'failing', step: 'fail', runs: 1, run: ids[2] }]);
  });

  it('come with those of each hour before, and with how well the tables follow', async () => {
    const { body } = await ask(`${period(1, 4)}&bucket=hour`);
    expect(body.buckets).toEqual([]);
    expect(body.previous_buckets.reduce((sum, { runs }) => sum + runs, 0)).toBe(3);
    expect(body.previous.runs).toBe(3);
    expect(body.projection).toMatchObject({ followed_runs: 0, unfollowed_runs: 0 });
    expect(body.projection.projector_seconds).toBeLessThan(15);
  });

  it('tell how far the tables were behind at most, where a projector has noted it', async () => {
    await noteLag(baton.database);
    const { body } = await ask(`${period(-2, 1)}&bucket=day`);
    expect(body.totals.projection_lag_seconds).toBeGreaterThan(0);
    const lags = body.buckets.map(({ projection_lag_seconds: lag }) => lag ?? 0);
    expect(Math.max(...lags)).toBe(body.totals.projection_lag_seconds);
    expect((await ask(period(-200, -100))).body.totals.projection_lag_seconds).toBeNull();
  });

  it('are those of the last week unless told otherwise', async () => {
    expect((await ask('')).body.totals.runs).toBe(3);
  });

  it('are those of one workflow where that is asked for', async () => {
    const { body } = await ask(`${period(-2, 1)}&workflow=failing`);
    expect(body.totals).toMatchObject({ runs: 1, failed: 1 });
  });

  it('refuse a period that is none, one of too many buckets, and a zone that is none', async () => {
    const refused = [
      period(1, -1),
      `${period(-10_000, 0)}&bucket=hour`,
      `${period(-1, 0)}&zone=Nowhere/Land`,
      'since=nonsense',
    ];
    for (const query of refused)
      expect(await ask(query)).toMatchObject({ status: 400, body: { code: 'invalid_request' } });
  });
});
