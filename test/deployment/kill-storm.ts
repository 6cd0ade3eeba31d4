/**
 * Programs are killed at random while runs are started and go on, and started again at once, as containers are. Nothing
 * may be lost, and nothing be done under a second key.
 */
import { setTimeout as sleep } from 'node:timers/promises';
import type { Fleet, Member } from './fleet.ts';
import type { FrontDoor } from './front-door.ts';
import type { Ledger } from './ledger.ts';
import { CAPABILITY } from './members.ts';
import { checkEffects } from './proof.ts';
import { demand, say } from './say.ts';

const RUNS = 40;
const KILLS = 30;
const BETWEEN_KILLS_MS = 1_500;
const BETWEEN_STARTS_MS = 900;
/** Steps that act on the world. */
const EFFECTS = ['first', 'far', 'last'];

/** Three effects one after the other, one of them on workers of another capability, an agent and a pause beside them. */
const DEFINITION = `
name: storm
version: 1.0.0
inputs:
  url: string
steps:
  - { key: first, http: { method: POST, url: '{{ url }}/storm/{{ run.id }}/first', body: {} } }
  - key: far
    capability: ${CAPABILITY}
    http: { method: POST, url: '{{ url }}/storm/{{ run.id }}/far', body: {} }
    dependencies: [first]
  - { key: think, agent: backend, prompt: 'Go on?', dependencies: [first] }
  - { key: rest, wait: 2s, dependencies: [first] }
  - key: last
    http: { method: POST, url: '{{ url }}/storm/{{ run.id }}/last', body: { said: '{{ think.result }}' } }
    dependencies: [far, think, rest]
`;

/** A small generator of numbers from 0 to 1, so that a storm can come again. */
function randomFrom(seed: number): () => number {
  let state = seed >>> 0;
  return () => {
    state = (Math.imul(state, 1_664_525) + 1_013_904_223) >>> 0;
    return state / 2 ** 32;
  };
}

/** @param seed of the same number comes the same order of victims */
export async function storm(fleet: Fleet, door: FrontDoor, ledger: Ledger, seed: number): Promise<void> {
  await door.publish(DEFINITION);
  say(`kill storm: ${KILLS} kills among ${fleet.members.length} programs, ${RUNS} runs, seed ${seed}`);
  const [runs, killed] = await Promise.all([startRuns(door, ledger), killAtRandom(fleet, randomFrom(seed))]);
  say(`killed: ${killed.map(({ name }) => name).join(', ')}`);
  await Promise.all(fleet.members.map((member) => member.ready()));
  const ended = await Promise.all(runs.map((id) => door.finished(id)));
  const open = ended.filter(({ status, diverged }) => status !== 'completed' || diverged !== null);
  demand(
    open.length === 0,
    `not completed: ${JSON.stringify(open.map(({ id, status, error, diverged }) => ({ id, status, error, diverged })))}`,
  );
  say(`${runs.length} of ${runs.length} runs completed`);
  checkEffects(ledger.of('/storm/'), runs, EFFECTS);
}

async function startRuns(door: FrontDoor, ledger: Ledger): Promise<readonly string[]> {
  const runs: string[] = [];
  for (let i = 0; i < RUNS; i++) {
    runs.push(await door.start('storm', { url: ledger.url }));
    await sleep(BETWEEN_STARTS_MS);
  }
  return runs;
}

async function killAtRandom(fleet: Fleet, random: () => number): Promise<readonly Member[]> {
  const killed: Member[] = [];
  for (let i = 0; i < KILLS; i++) {
    const { members } = fleet;
    const victim = members[Math.floor(random() * members.length)];
    if (victim === undefined) continue;
    await victim.kill();
    victim.start();
    killed.push(victim);
    await sleep(BETWEEN_KILLS_MS);
  }
  return killed;
}
