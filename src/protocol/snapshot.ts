/** Snapshots of the files of a workspace, as activities take them and as they are brought back. */
import type { BlobRef } from './values.ts';

/** The files at a moment. */
export interface TakenSnapshot {
  /** In the repository of Baton's own beside the workspace; null: none could be made. */
  readonly commit: string | null;
  /** ms since 1970, by the worker's clock: of two snapshots of a workspace the later one counts. */
  readonly at: number;
  /** What another worker can make it from, where the definition asks for that. */
  readonly kept?: BlobRef;
  /** What is not in it, or why there is none; for people. */
  readonly note?: string;
}

/** Files that a workspace is to have before a step works in it. */
export interface WantedFiles {
  readonly commit: string;
  readonly kept?: BlobRef;
  /** The workspace that it is a snapshot of. */
  readonly path: string;
  /** The queue of the worker that has that; null: it is out of reach, and `kept` is what there is. */
  readonly queue: string | null;
  /** What had been checked out there; null: it began empty. */
  readonly base: string | null;
}

/** A blob that keeps a snapshot: what has changed since the one before, back to one that stands for itself. */
export interface KeptSnapshot {
  readonly commit: string;
  readonly previous: BlobRef | null;
  /** How many stand before it. */
  readonly depth: number;
  /** A git bundle, in base64. */
  readonly bundle: string;
}

/**
 * When a run is set back or forked. `restore`: the files of its workspace are to be as they were; `keep`: as they are now,
 * and a fork begins as every run does.
 */
export const FILES_CHOICES = ['restore', 'keep'] as const;

export type FilesChoice = (typeof FILES_CHOICES)[number];

/** Most characters of a note. */
export const MAX_NOTE_CHARS = 400;
