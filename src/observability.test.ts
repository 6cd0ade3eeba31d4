/**
 * What is shipped for Prometheus and Grafana, against `docs/metrics.md`: rules, alerts and dashboard use metrics that there
 * are, alerts lead to a runbook that there is, and each has a test. What promtool says of them: `test/deployment/charts.ts`.
 */
import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { parse } from 'yaml';

const ROOT = join(import.meta.dirname, '..');
const read = (file: string) => readFileSync(join(ROOT, file), 'utf8');

interface Rule {
  readonly record?: string;
  readonly alert?: string;
  readonly expr: string;
  readonly labels?: { readonly severity?: string };
  readonly annotations?: Readonly<Record<string, string>>;
}
const rulesOf = (file: string) =>
  (parse(read(file)) as { groups: readonly { rules: readonly Rule[] }[] }).groups.flatMap(
    ({ rules }) => rules,
  );

const rules = rulesOf('deploy/prometheus/rules.yaml');
const alerts = rulesOf('deploy/prometheus/alerts.yaml');
const TESTS = 'deploy/prometheus/tests';
const tests = readdirSync(join(ROOT, TESTS)).map((file) => join(TESTS, file));

interface Panel {
  readonly title: string;
  readonly targets?: readonly { readonly expr: string }[];
}
const { panels } = JSON.parse(read('deploy/grafana/dashboard.json')) as { panels: readonly Panel[] };
const shown = panels.flatMap(({ targets = [] }) => targets.map(({ expr }) => expr));

/** Rows of the tables of `docs/metrics.md`: name, type, labels. */
const told = [...read('docs/metrics.md').matchAll(/^\| `(baton_\w+)` *\| (\w+) *\| ([^|]*)\|/gm)].map(
  ([, name = '', type = '', labels = '']) => ({
    name,
    type,
    labels: [...labels.matchAll(/\w+/g)].map(String),
  }),
);
const names = new Set(
  told.flatMap(({ name, type }) =>
    type === 'histogram' ? [`${name}_bucket`, `${name}_count`, `${name}_sum`] : [name],
  ),
);
const recorded = new Set(rules.map(({ record }) => record));

const used = (expr: string) => [...expr.matchAll(/\bbaton(?:_\w+|:[\w:]+)/g)].map(([name]) => name);
const isKnown = (name: string) => (name.includes(':') ? recorded.has(name) : names.has(name));

describe('docs/metrics.md', () => {
  test('tells of each metric once', () => {
    expect(told.length).toBeGreaterThan(60);
    expect(new Set(told.map(({ name }) => name)).size).toBe(told.length);
  });
});

describe('rules and dashboard', () => {
  test.each([
    ['recording rules', rules.map(({ expr }) => expr)],
    ['alerts', alerts.map(({ expr }) => expr)],
    ['the dashboard', shown],
  ])('%s use metrics that there are', (_, exprs) => {
    expect(exprs.length).toBeGreaterThan(5);
    expect(exprs.filter((expr) => used(expr).length === 0 || !used(expr).every(isKnown))).toEqual([]);
  });

  test('name no label that a metric does not have', () => {
    const wrong = [...rules, ...alerts, ...shown.map((expr) => ({ expr }))].flatMap(({ expr }) =>
      [...expr.matchAll(/\b(baton_\w+)\{([^}]*)\}/g)].flatMap(([, name = '', matchers = '']) => {
        const base = name.replace(/_(bucket|count|sum)$/, '');
        const labels = told.find((one) => one.name === name || one.name === base)?.labels ?? [];
        const asked = [...matchers.matchAll(/(\w+)\s*(?:=|!)/g)].map(([, label]) => label);
        return asked.filter((label) => label !== 'le' && !labels.includes(label ?? '')).map(() => expr);
      }),
    );
    expect(wrong).toEqual([]);
  });

  test('every alert says how bad it is, and leads to its runbook', () => {
    const anchors = new Set(
      [...read('docs/observability.md').matchAll(/^#+ (.*)$/gm)].map(
        ([, title = '']) =>
          `docs/observability.md#${title
            .toLowerCase()
            .replaceAll(/[^\w -]/g, '')
            .replaceAll(' ', '-')}`,
      ),
    );
    for (const { alert, labels, annotations } of alerts) {
      expect(['page', 'ticket'], alert).toContain(labels?.severity);
      expect(anchors, alert).toContain(annotations?.['runbook']);
      expect(annotations?.['description'], alert).toBeTypeOf('string');
    }
  });

  test('every alert is tested: that it is silent, and that it is heard', () => {
    const heard = tests.flatMap((file) => {
      const all = parse(read(file)) as { tests: readonly { alert_rule_test: readonly Tested[] }[] };
      return all.tests.flatMap(({ alert_rule_test: of }) => of);
    });
    const of = (isHeard: boolean) =>
      new Set(
        heard.filter(({ exp_alerts: all }) => (all !== undefined) === isHeard).map((one) => one.alertname),
      );
    const all = new Set(alerts.map(({ alert }) => alert));
    expect([of(false), of(true)]).toEqual([all, all]);
  });
});

interface Tested {
  readonly alertname: string;
  readonly exp_alerts?: readonly unknown[];
}
