/**
 * `npm run test:deployment`: Baton as it is deployed, without containers. A Temporal server on Postgres, the programs as
 * processes of their own with the commands and the environment of docker-compose.yml, two of each, workers of two
 * capabilities, clients that go from one API to the next. On them the examples, a conversation, a backlog, a storm of
 * kills, and an upgrade from an older version; then everything is held against Temporal and the world. Exit code 1 when anything is not
 * as it has to be.
 *
 *     npm run test:deployment -- [--only examples,conversation,backlog,storm,upgrade] [--seed N] [--keep]
 *
 * Needs Go (the server is built once), git with its history, and some six minutes. `--keep` leaves the logs. `--only load`
 * measures what runs cost, for docs/sizing.md.
 */
import { parseArgs } from 'node:util';
import { messageOf } from '../../src/errors/errors.ts';
import { demandBuilt } from '../support/built-program.ts';
import { backlog } from './backlog.ts';
import { converse } from './conversation.ts';
import { runExamples } from './examples.ts';
import { Fleet } from './fleet.ts';
import { FrontDoor } from './front-door.ts';
import { openInstallation, type Installation } from './installation.ts';
import { storm } from './kill-storm.ts';
import { Ledger } from './ledger.ts';
import { LoadTest } from './load.ts';
import { api, capabilityWorker, makePlaces, projector, worker, workflows, type Places } from './members.ts';
import { makeOldVersion } from './old-version.ts';
import { compareCounts, verifyAll } from './proof.ts';
import { demand, say } from './say.ts';
import { upgrade } from './upgrade.ts';

const PARTS = ['examples', 'conversation', 'backlog', 'storm', 'upgrade'] as const;
/** Only when it is asked for: it measures, and proves nothing. */
const ASKED_FOR = ['load'] as const;

const { values: args } = parseArgs({
  options: {
    only: { type: 'string', default: PARTS.join(',') },
    seed: { type: 'string', default: String(Math.floor(Math.random() * 1e6)) },
    keep: { type: 'boolean', default: false },
  },
});
const chosen = args.only.split(',');
const isChosen = (part: (typeof PARTS | typeof ASKED_FOR)[number]) => chosen.includes(part);

// What was started is killed when the process exits; a signal alone would end it without.
for (const name of ['SIGINT', 'SIGTERM'] as const) process.once(name, () => process.exit(130));

/** Two of everything, and one worker that serves a capability alone. */
async function onMainSite(installation: Installation, places: Places, ledger: Ledger): Promise<void> {
  const site = installation.site('main');
  const fleet = new Fleet(installation.logs);
  const door = new FrontDoor(() => fleet.of('api').map(({ url }) => url));
  try {
    await fleet.add(
      ...[1, 2].flatMap((n) => [
        api(site, `api-${n}`),
        projector(site, `projector-${n}`),
        workflows(site, `workflows-${n}`),
        worker(site, places, `worker-${n}`),
      ]),
      capabilityWorker(site, places, 'worker-gpu'),
    );
    say(`${fleet.members.length} programs are ready: ${fleet.members.map(({ name }) => name).join(', ')}`);
    if (isChosen('examples')) await runExamples(door, places, ledger);
    if (isChosen('conversation')) await converse(door, places);
    if (isChosen('backlog')) await backlog(site, fleet, door, ledger);
    if (isChosen('storm')) await storm(fleet, door, ledger, Number(args.seed));
    if (isChosen('load')) await new LoadTest(fleet, door, installation).measure(ledger.url);
    const { requests, repeated, longestMs } = door.figures;
    say(`${requests} requests, ${repeated} sent again, the slowest took ${Math.round(longestMs)} ms`);
    await compareCounts(site);
    await verifyAll(site);
  } finally {
    await fleet.stop();
  }
}

async function upgradeSite(installation: Installation, places: Places, ledger: Ledger): Promise<void> {
  const old = makeOldVersion(installation.folder);
  try {
    await upgrade({ site: installation.site('upgrade'), places, ledger, old, logs: installation.logs });
  } finally {
    old.remove();
  }
}

async function test(): Promise<void> {
  const unknown = chosen.filter((part) => ![...PARTS, ...ASKED_FOR].some((known) => known === part));
  demand(
    unknown.length === 0,
    `--only ${unknown.join(',')}: there are ${[...PARTS, ...ASKED_FOR].join(', ')}`,
  );
  demandBuilt();
  const ledger = await Ledger.open();
  const installation = await openInstallation(args.keep);
  try {
    const places = makePlaces(installation);
    if (chosen.some((part) => part !== 'upgrade')) await onMainSite(installation, places, ledger);
    if (isChosen('upgrade')) await upgradeSite(installation, places, ledger);
  } finally {
    ledger.close();
    await installation.stop();
  }
}

try {
  await test();
  say('all of it is as it has to be');
  process.exit(0);
} catch (error) {
  say(`FAILED: ${messageOf(error)}`);
  process.exit(1);
}
