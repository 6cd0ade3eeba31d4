/** A user that programs run as instead of the worker's. */
export interface CommandUser {
  readonly name: string;
  readonly uid: number;
  readonly gid: number;
}
