/** A run of 2,000 steps, as large as a run may be: what of it the page draws stays small, and what one looks for is found. */
import type { Page } from 'playwright-core';
import { describe, expect, it } from 'vitest';
import { startBaton } from '../support/baton.ts';
import { faultsOf, openConsole } from '../support/console/pages.ts';
import { until } from '../support/until.ts';

const STEPS = 2_000;
const WIDE = 40;
/** It waits for somebody, and so do those below it. */
const ASKS = 1_000;
/** Elements of the page while a part of the graph is in sight, or rows of the timeline. */
const MOST_ELEMENTS = 6_000;
const MOST_ROWS = 80;

const baton = await startBaton();
const visit = await openConsole(baton.url);
await baton.publish(definition());
const { id: run } = await baton.start({ workflow: 'large' });
await until(async () => (await baton.items<object>(`/runs/${run}/questions`)).length > 0);

/** Layers of steps, each step below the one above it. */
function definition(): string {
  const steps = Array.from({ length: STEPS }, (_, at) => {
    const does = at === ASKS ? 'ask: { prompt: Go on?, approval: true }' : 'transform: 1';
    const after = at < WIDE ? '' : `s${at - WIDE}`;
    return `  - { key: s${at}, title: Step ${at}, ${does}, dependencies: [${after}] }`;
  });
  return ['name: large', 'version: 1.0.0', 'steps:', ...steps].join('\n');
}

const elements = (page: Page) => page.evaluate<number>('document.querySelectorAll("*").length');
const count = (page: Page, what: string) => page.locator(what).count();

interface Box {
  readonly x: number;
  readonly y: number;
  readonly width: number;
  readonly height: number;
}

function isWithin(one: Box, other: Box): boolean {
  return (
    one.x >= other.x &&
    one.y >= other.y &&
    one.x + one.width <= other.x + other.width &&
    one.y + one.height <= other.y + other.height
  );
}

describe('a run of 2,000 steps', () => {
  it('opens its graph on what waits, draws a part of it, and finds a step', async () => {
    const { page, leave, errors } = await visit(`/runs/${run}/graph`);
    await page.getByRole('group', { name: `Step ${ASKS}: Needs somebody` }).waitFor();
    expect(await elements(page)).toBeLessThan(MOST_ELEMENTS);
    expect(await count(page, '.react-flow__node')).toBeLessThan(200);
    await page.keyboard.press('/');
    await page.getByLabel('Find a step').fill('s1999');
    await page.keyboard.press('Enter');
    const found = page.locator('.react-flow__node[data-id="s1999"]');
    await found.waitFor();
    await page.waitForURL('**step=s1999**');
    await until(async () => {
      const [pane, box] = await Promise.all([page.locator('.react-flow').boundingBox(), found.boundingBox()]);
      return pane !== null && box !== null && isWithin(box, pane);
    });
    expect(errors).toEqual([]);
    await leave();
  });

  it('has a timeline of which only what is in sight is there', async () => {
    const visitor = await visit(`/runs/${run}/timeline`);
    const { page } = visitor;
    await page.getByRole('region', { name: 'Timeline' }).locator('[data-row]').first().waitFor();
    expect(await count(page, '[data-row]')).toBeLessThan(MOST_ROWS);
    await page.evaluate(
      `{ const box = document.querySelector('[aria-label="Timeline"]'); box.scrollTo(0, box.scrollHeight); }`,
    );
    await page.locator('[data-row]', { hasText: `Step ${STEPS - 1}` }).waitFor();
    expect(await count(page, '[data-row]')).toBeLessThan(MOST_ROWS);
    expect(await elements(page)).toBeLessThan(MOST_ELEMENTS);
    expect(await faultsOf(visitor)).toEqual([]);
    await visitor.leave();
  });

  it('shows a stretch of the axis that one drags or asks for by keys, and the whole again', async () => {
    const { page, leave } = await visit(`/runs/${run}/timeline?fold=no`);
    const axis = page.locator('[data-axis]');
    const box = await axis.boundingBox();
    if (box === null) throw new Error('There is no axis.');
    await page.mouse.move(box.x + box.width * 0.25, box.y + 10);
    await page.mouse.down();
    await page.mouse.move(box.x + box.width * 0.5, box.y + 10, { steps: 4 });
    await page.mouse.up();
    await page.waitForURL(/since=\d+&till=\d+/);
    await page.keyboard.press('Escape');
    await page.waitForURL((url) => !url.search.includes('since'));
    await page.keyboard.press('+');
    await page.waitForURL(/since=\d+&till=\d+/);
    await page.keyboard.press('0');
    await page.waitForURL((url) => !url.search.includes('since'));
    await expect.poll(() => new URL(page.url()).search).toContain('fold=no');
    await leave();
  });
});
