/**
 * What is known of steps that were compiled before: a step that stands in the text as it stood, and for which all names
 * mean what they meant, is compiled to the same. Steps of which anything was to be said are not remembered.
 *
 * It holds for definitions that offer the same to their steps ({@link Recall}). Steps are told from each other as objects:
 * those that a text has kept are the same (text/outline.ts).
 */
import type { Path } from '../../plan/json.ts';
import type { PlanStep } from '../../plan/plan.ts';
import { canonicalJson, jsonEqual } from '../../plan/canonical.ts';
import { readJson, writeJson } from '../../plan/exact-json.ts';
import { isLonger, utf8Bytes, type Json } from '../../plan/json.ts';
import { AskedNames } from '../expressions/asked-names.ts';
import type { Place, Where } from '../expressions/expression-place.ts';
import type { Problems } from '../text/problem.ts';
import type { Spent } from '../text/effort.ts';
import type { StepFields } from './step-fields.ts';
import type { CompiledStep, Offers, ShapedStep } from './step.ts';

/** A step of a plan, and its texts. */
export interface FinishedStep {
  /** Frozen, and without members that are undefined. */
  readonly step: PlanStep;
  readonly canonical: string;
  readonly bytes: number;
}

interface Remembered {
  readonly step: CompiledStep;
  readonly asked: AskedNames;
  readonly agents: ReadonlySet<string>;
  readonly spent: Spent;
}

export class StepMemory {
  readonly #shapes = new WeakMap<object, Omit<StepFields, 'path'>>();
  readonly #compiled = new WeakMap<object, Remembered>();
  readonly #placed = new WeakMap<CompiledStep, PlanStep>();
  readonly #finished = new WeakMap<PlanStep, FinishedStep>();

  /** The fields of a step. @param shape is asked where they are not known */
  shape(value: unknown, path: Path, problems: Problems, shape: () => StepFields | null): StepFields | null {
    if (typeof value !== 'object' || value === null) return shape();
    const known = this.#shapes.get(value);
    if (known !== undefined) return { ...known, path };
    const before = problems.noted;
    const found = shape();
    if (found !== null && problems.noted === before) this.#shapes.set(value, found);
    return found;
  }

  /** The step as it is compiled. @param compile is asked where it is not known */
  compile(
    { fields, path }: ShapedStep,
    place: Place,
    agents: Offers['agents'],
    problems: Problems,
    compile: (place: Place) => CompiledStep | null,
  ): CompiledStep | null {
    const known = this.#compiled.get(fields);
    if (known?.asked.holdsAt(place) === true && problems.effort.spends(known.spent)) {
      known.asked.take(place, ({ path: [, , ...rest], target }) => ({ path: [...path, ...rest], target }));
      for (const name of known.agents) agents.named(name);
      return known.step;
    }
    const asked = new AskedNames();
    const before = problems.noted;
    const [effort, named] = [problems.effort.spent, agents.listen()];
    const step = compile(asked.watched(place));
    asked.take(place, (where: Where) => where);
    if (step !== null && problems.noted === before)
      this.#compiled.set(fields, { step, asked, agents: named(), spent: problems.effort.since(effort) });
    return step;
  }

  /** The step where it stands in the order of the plan. */
  placed(step: CompiledStep, level: number, keep: readonly Path[]): PlanStep {
    const known = this.#placed.get(step);
    if (known?.level === level && jsonEqual(known.keep as Json, keep as Json)) return known;
    const placed = { ...step, level, keep };
    this.#placed.set(step, placed);
    return placed;
  }

  /** As the plan has it; null where its text has more characters than that. */
  finished(step: PlanStep, most: number): FinishedStep | null {
    const known = this.#finished.get(step);
    if (known !== undefined) return known;
    if (isLonger(step as unknown as Json, most)) return null;
    // In the author's order, and without members that are undefined.
    const text = writeJson(step);
    const canonical = canonicalJson(step as unknown as Json);
    const finished = { step: deepFreeze(readJson<PlanStep>(text)), canonical, bytes: utf8Bytes(text) };
    this.#finished.set(step, finished);
    return finished;
  }
}

export function deepFreeze<T>(value: T): T {
  if (typeof value !== 'object' || value === null || Object.isFrozen(value)) return value;
  for (const member of Object.values(value)) deepFreeze(member);
  return Object.freeze(value);
}
