/**
 * What has been asked of a place while something was compiled there, so that it can be told whether the same would come of
 * it at another time: whoever asks the same and is answered the same does the same.
 */
import type { InputSpec } from '../../plan/plan.ts';
import type { Place, Where } from './expression-place.ts';

/** Names of what there is. */
type Known = 'steps' | 'inputs';
type Order = 'isAncestor' | 'isDescendant';

export class AskedNames {
  /** By question the first answer: what is asked later may follow from it. */
  readonly #known = new Map<string, readonly [of: Known, name: string, answer: boolean]>();
  readonly #order = new Map<string, readonly [of: Order, step: string, answer: boolean]>();
  readonly #agents = new Map<string, string | undefined>();
  readonly #implied = new Set<string>();
  readonly #used = new Map<string, Where>();
  #all = false;

  /** The place, asked by way of this. What is read there first is told by {@link take}. */
  watched(place: Place): Place {
    const { implicitInput } = place;
    const ask = (of: Order) => (step: string) => {
      const answer = place[of](step);
      const question = `${of} ${step}`;
      if (!this.#order.has(question)) this.#order.set(question, [of, step, answer]);
      return answer;
    };
    return {
      ...place,
      steps: this.#watchedNames('steps', place.steps),
      inputs: this.#watchedInputs(place),
      isAncestor: ask('isAncestor'),
      isDescendant: ask('isDescendant'),
      firstUse: place.firstUse === null ? null : this.#used,
      stepOfAgent: (agent) => {
        const step = place.stepOfAgent(agent);
        this.#agents.set(agent, step);
        return step;
      },
      implicitInput:
        implicitInput === null
          ? null
          : (name) => {
              this.#implied.add(name);
              implicitInput(name);
            },
    };
  }

  /** Would all that was asked be answered the same there? */
  holdsAt(place: Place): boolean {
    return (
      !this.#all &&
      [...this.#known.values()].every(([of, name, answer]) => place[of].has(name) === answer) &&
      [...this.#order.values()].every(([of, step, answer]) => place[of](step) === answer) &&
      [...this.#agents].every(([agent, step]) => place.stepOfAgent(agent) === step)
    );
  }

  /** What came of asking, for the place: inputs that are implied, and where inputs are read. @param move of what has moved */
  take({ implicitInput, firstUse }: Place, move: (where: Where) => Where): void {
    for (const name of this.#implied) implicitInput?.(name);
    for (const [name, where] of this.#used)
      if (firstUse?.has(name) === false) firstUse.set(name, move(where));
  }

  #asked(of: Known, name: string, answer: boolean): boolean {
    const question = `${of} ${name}`;
    if (!this.#known.has(question)) this.#known.set(question, [of, name, answer]);
    return answer;
  }

  #watchedNames(of: Known, names: Place['steps']): Place['steps'] {
    return {
      has: (name) => this.#asked(of, name, names.has(name)),
      keys: () => {
        this.#all = true;
        return names.keys();
      },
      [Symbol.iterator]: () => {
        this.#all = true;
        return names[Symbol.iterator]();
      },
    };
  }

  #watchedInputs({ inputs, implicitInput }: Place): ReadonlyMap<string, InputSpec> {
    return new Proxy(inputs, {
      get: (_, member) => {
        if (member === 'has' || member === 'get')
          return (name: string) => {
            this.#asked('inputs', name, inputs.has(name));
            return inputs[member](name);
          };
        // Inputs that are declared are what they are; of the others each step may imply further ones.
        this.#all ||= implicitInput !== null;
        const found: unknown = Reflect.get(inputs, member);
        return typeof found === 'function' ? (found.bind(inputs) as unknown) : found;
      },
    });
  }
}
