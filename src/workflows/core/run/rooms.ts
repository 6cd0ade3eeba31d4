/**
 * How much is open in each scope, while steps are started.
 *
 * What is open in a scope is open in every one around it: the run's window bounds all of it together. A step that runs
 * scopes takes no room itself, but is there: one that is to be alone waits for it, and the other way round.
 */
import { parentOf } from '../../../plan/address.ts';
import type { Address } from '../../../plan/address.ts';
import type { PlanStep } from '../../../plan/plan.ts';
import { openSteps, stepOf } from '../kernel/draft.ts';
import type { Draft } from '../kernel/draft.ts';
import { movingSteps, scopeAround, scopesOf, specAt } from '../kernel/scope.ts';
import type { Scope } from '../kernel/scope.ts';
import { TIMERS } from '../kernel/timers.ts';

interface Room {
  open: number;
  /** Steps that run scopes. */
  running: number;
  /** The step that is to be alone, while it is open. */
  alone: Address | null;
}

/** A scope as seen from a step inside: how much is open there, how much may be, and the step that leads inside. */
interface Surrounding {
  readonly room: Room;
  readonly most: number;
  readonly within: Address | null;
}

/** The window is full; or a step is to be alone. */
type Obstacle = { readonly open: number; readonly most: number } | { readonly alone: Address };

export class Rooms {
  private readonly draft: Draft;
  private readonly rooms = new Map<Address | null, Room>();
  private readonly surroundings = new Map<Address | null, readonly Surrounding[]>();

  constructor(draft: Draft) {
    this.draft = draft;
    for (const { address } of scopesOf(draft)) this.rooms.set(address, { open: 0, running: 0, alone: null });
    for (const step of busySteps(draft)) this.addBusy(step);
    for (const step of new Set(Object.keys(draft.scopes).map(parentOf))) this.addRunning(step);
    // Who waits for people takes no room, but stays alone if it is to be alone.
    for (const { step } of Object.values(draft.state.questions)) this.noteAlone(step);
  }

  /** May a further step start in this scope? */
  hasRoom(scope: Scope): boolean {
    return this.obstacle(scope) === null;
  }

  /** Why no further step may start in this scope; null: one may. */
  obstacle(scope: Scope): Obstacle | null {
    for (const { room, most, within } of this.around(scope)) {
      if (room.open >= most) return { open: room.open, most };
      if (room.alone !== null && room.alone !== within) return { alone: room.alone };
    }
    return null;
  }

  /** Is nothing open in this scope? */
  isEmpty({ address }: Scope): boolean {
    const { open, running } = this.roomOf(address);
    return open === 0 && running === 0;
  }

  /** The step has started. */
  take(scope: Scope, step: PlanStep): void {
    const room = this.roomOf(scope.address);
    if (stepOf(this.draft, step.key).tally === undefined)
      for (const { room: one } of this.around(scope)) one.open += 1;
    else room.running += 1;
    if (!step.parallel) room.alone = step.key;
  }

  /** The scope and those around it. */
  private around(scope: Scope): readonly Surrounding[] {
    const known = this.surroundings.get(scope.address);
    if (known !== undefined) return known;
    const found: Surrounding[] = [];
    let within: Address | null = null;
    for (let at = scope; ; at = scopeAround(this.draft, within)) {
      found.push({ room: this.roomOf(at.address), most: at.part.maxParallel, within });
      within = at.address === null ? null : parentOf(at.address);
      if (within === null) break;
    }
    this.surroundings.set(scope.address, found);
    return found;
  }

  private roomOf(scope: Address | null): Room {
    const room = this.rooms.get(scope);
    if (room === undefined) throw new Error(`there is no scope ${scope ?? ''}`);
    return room;
  }

  private addBusy(step: Address): void {
    const scope = scopeAround(this.draft, step);
    for (const { room } of this.around(scope)) room.open += 1;
    this.noteAlone(step);
  }

  private addRunning(step: Address | null): void {
    if (step === null || stepOf(this.draft, step).status !== 'running') return;
    this.roomOf(scopeAround(this.draft, step).address).running += 1;
    this.noteAlone(step);
  }

  private noteAlone(step: Address | null): void {
    const spec = step === null ? undefined : specAt(this.draft, step);
    if (spec?.parallel === false) this.roomOf(scopeAround(this.draft, spec.key).address).alone = spec.key;
  }
}

/** Steps with an open activity or a time to wait for, and those at work that go on by themselves. */
function busySteps(draft: Draft): ReadonlySet<Address> {
  const busy = openSteps(draft);
  for (const { for: purpose, step } of Object.values(draft.timers))
    if (TIMERS[purpose].occupies === true && step !== null) busy.add(step);
  for (const { key } of movingSteps(draft)) if (stepOf(draft, key).status === 'running') busy.add(key);
  return busy;
}
