/**
 * An upgrade without a pause, in the order of docs/upgrading.md: migrations, projectors, workers, APIs. Old and new
 * programs stand side by side at each step, while runs that began under the old version are open and others are started.
 */
import { setTimeout as sleep } from 'node:timers/promises';
import { until } from '../support/until.ts';
import { openQuestions } from './examples.ts';
import { Fleet, type MemberSpec } from './fleet.ts';
import { FrontDoor } from './front-door.ts';
import { baton, type Site } from './installation.ts';
import type { Ledger } from './ledger.ts';
import { api, projector, worker, workflows, type Places } from './members.ts';
import type { OldVersion } from './old-version.ts';
import { compareCounts, verifyAll } from './proof.ts';
import { demand, say } from './say.ts';

const OPEN_RUNS = 6;
const BETWEEN_STARTS_MS = 1_200;
/** Runs that are started and completed at each stage, at least. */
const RUNS_A_STAGE = 3;

/** Begun under the old version, ended under the new: an effect that is under way meanwhile, and a person who waits. */
const LONG = `
name: upgraded
version: 1.0.0
inputs:
  url: string
steps:
  - { key: first, http: { method: POST, url: '{{ url }}/early/{{ run.id }}', body: {} } }
  - key: held
    http: { method: POST, url: '{{ url }}/held/{{ run.id }}', body: {} }
    timeout: 30m
    dependencies: [first]
  - { key: asked, ask: 'Is the upgrade done?', dependencies: [first] }
  - { key: think, agent: backend, prompt: 'Go on?', dependencies: [held, asked] }
  - { key: last, http: { method: POST, url: '{{ url }}/late/{{ run.id }}', body: {} }, dependencies: [think] }
`;
const SHORT = `
name: short
version: 1.0.0
inputs:
  url: string
steps:
  - { key: act, http: { method: POST, url: '{{ url }}/short/{{ run.id }}', body: {} } }
  - { key: rest, wait: 1s }
`;

export interface UpgradeTest {
  readonly site: Site;
  readonly places: Places;
  readonly ledger: Ledger;
  readonly old: OldVersion;
  readonly logs: string;
}

export async function upgrade(test: UpgradeTest): Promise<void> {
  const fleet = new Fleet(test.logs);
  const door = new FrontDoor(() => fleet.of('api').map(({ url }) => url));
  const traffic = new Traffic(door, test.ledger);
  try {
    await startOld(test, fleet);
    await door.publish(LONG);
    await door.publish(SHORT);
    test.ledger.hold();
    const open = await Promise.all(
      Array.from({ length: OPEN_RUNS }, () => door.start('upgraded', { url: test.ledger.url })),
    );
    await until(() => test.ledger.of('/held/').length === OPEN_RUNS, { describe: 'the runs wait' });
    traffic.start();
    await traffic.completes('the old version');
    await replace(test, fleet, traffic);
    await finish(test, door, open);
    await traffic.stop();
    const { requests, repeated, longestMs } = door.figures;
    say(
      `${requests} requests, none lost; ${repeated} sent again, the slowest took ${Math.round(longestMs)} ms`,
    );
    await prove(test);
  } finally {
    await traffic.stop().catch(() => undefined);
    await fleet.stop();
  }
}

/** A member of the old version. */
const aged = ({ root }: OldVersion, spec: MemberSpec): MemberSpec => ({ ...spec, root });

async function startOld({ site, places, old }: UpgradeTest, fleet: Fleet): Promise<void> {
  await fleet.add(aged(old, api(site, 'old-api')));
  await fleet.add(
    aged(old, projector(site, 'old-projector')),
    aged(old, workflows(site, 'old-workflows')),
    aged(old, worker(site, places, 'old-worker')),
  );
}

/** Piece by piece; at each stage runs are started and completed. */
async function replace({ site, places }: UpgradeTest, fleet: Fleet, traffic: Traffic): Promise<void> {
  const { migrations } = JSON.parse(await baton(site, 'migrate', '-o', 'json')) as { migrations: string[] };
  say(`migrated while the old version works: ${migrations.join(', ') || 'nothing to do'}`);
  await traffic.completes('old programs on new tables');

  const [newProjector] = await fleet.add(projector(site, 'new-projector'));
  await traffic.completes('an old and a new projector');
  // What the new one follows, the old one takes over.
  await newProjector?.kill();
  await traffic.completes('an old projector after the new one');
  newProjector?.start();
  await newProjector?.ready();
  await fleet.retire('old-projector');
  await traffic.completes('a new projector');

  await fleet.add(workflows(site, 'new-workflows'), worker(site, places, 'new-worker'));
  await traffic.completes('old and new workers');
  await fleet.retire('old-workflows', 'old-worker');
  await traffic.completes('new workers under an old API');

  await fleet.add(api(site, 'new-api'));
  await traffic.completes('an old and a new API');
  await fleet.retire('old-api');
  await traffic.completes('the new version');
}

/** What waited for the upgrade goes on and ends. */
async function finish({ ledger }: UpgradeTest, door: FrontDoor, open: readonly string[]): Promise<void> {
  ledger.release();
  for (const id of open) {
    const [question] = await openQuestions(door, id);
    demand(question !== undefined, `${id} asks nothing any more`);
    await door.call('POST', `/runs/${id}/answers`, { question: question.id, answer: 'yes', by: 'ada' });
  }
  const ended = await Promise.all(open.map((id) => door.finished(id)));
  for (const { id, status, error, diverged } of ended)
    demand(
      status === 'completed' && diverged === null,
      `${id}: ${JSON.stringify({ status, error, diverged })}`,
    );
  for (const id of open) {
    const keys = new Set(ledger.of(`/held/${id}`).map(({ key }) => key));
    demand(keys.size === 1, `the effect of ${id} came under ${[...keys].join(', ')}`);
  }
  say(`${open.length} runs that began under the old version completed under the new one`);
}

/** Rows that the old version has written are written anew first, as the notes say. */
async function prove({ site }: UpgradeTest): Promise<void> {
  const renewed = JSON.parse(await baton(site, 'rebuild', '--older', '-o', 'json')) as readonly unknown[];
  say(`${renewed.length} runs had rows of an older version, which were written anew`);
  await compareCounts(site);
  await verifyAll(site);
}

/** Short runs, one after the other, without end. */
class Traffic {
  readonly #door: FrontDoor;
  readonly #ledger: Ledger;
  readonly #runs: string[] = [];
  #isOn = false;
  #running: Promise<void> = Promise.resolve();
  #failure: unknown;

  constructor(door: FrontDoor, ledger: Ledger) {
    this.#door = door;
    this.#ledger = ledger;
  }

  start(): void {
    this.#isOn = true;
    this.#running = this.#go().catch((error: unknown) => {
      this.#failure = error;
    });
  }

  /** Resolves when some runs that were started from now on have completed. @throws what a start was refused with */
  async completes(under: string): Promise<void> {
    const from = this.#runs.length;
    await until(() => this.#failure !== undefined || this.#runs.length >= from + RUNS_A_STAGE, {
      describe: `runs are started under ${under}`,
    });
    this.#check();
    for (const id of this.#runs.slice(from, from + RUNS_A_STAGE)) await this.#completed(id, under);
    say(`  ${under}: runs are started and complete`);
  }

  /** All that were started have completed. */
  async stop(): Promise<void> {
    if (!this.#isOn) return;
    this.#isOn = false;
    await this.#running;
    this.#check();
    for (const id of this.#runs) await this.#completed(id, 'the upgrade');
    say(`${this.#runs.length} runs were started meanwhile, and all completed`);
  }

  #check(): void {
    if (this.#failure !== undefined) throw this.#failure as Error;
  }

  async #completed(id: string, under: string): Promise<void> {
    const { status, error } = await this.#door.finished(id);
    demand(status === 'completed', `under ${under} ${id} is ${status}: ${JSON.stringify(error)}`);
  }

  async #go(): Promise<void> {
    while (this.#isOn) {
      this.#runs.push(await this.#door.start('short', { url: this.#ledger.url }));
      await sleep(BETWEEN_STARTS_MS);
    }
  }
}
