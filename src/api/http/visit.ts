/**
 * A request while it is in the house: it has a place in its lane until its work is done, and may give it up before
 * that, or become a reader who stays.
 */
import type { Admission, LaneName } from './admission.ts';
import type { Seat } from './lane.ts';

export class Visit {
  /** When the request came, as `performance.now()` says it. */
  readonly since: number;
  readonly #admission: Admission;
  readonly #places: Seat[];

  private constructor(admission: Admission, since: number, places: Seat[]) {
    this.#admission = admission;
    this.since = since;
    this.#places = places;
  }

  /** @param lane undefined: always let in. @throws UnavailableError `server_busy` */
  static async begin(admission: Admission, lane: LaneName | undefined, since: number): Promise<Visit> {
    const place = lane === undefined ? [] : [await admission.lanes[lane].enter()];
    return new Visit(admission, since, place);
  }

  /** The work is done; what is left is to wait, for the projector or for a reader. */
  leave(): void {
    for (const place of this.#places.splice(0)) place.leave();
  }

  /** What follows takes as long as its reader wants. @throws UnavailableError `too_many_readers` */
  stay(): void {
    const reader = this.#admission.addReader();
    this.leave();
    this.#places.push(reader);
  }
}
