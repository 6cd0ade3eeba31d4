/** Values of enums and the words that HTTP has for them: `RUN_STATUS_TIMED_OUT` is `timed_out`. */
import type { DescEnum } from '@bufbuild/protobuf';

/** undefined for 0, which stands for none, and for what the enum does not know. */
export function wordOf({ value, sharedPrefix = '' }: DescEnum, number: number): string | undefined {
  if (number === 0) return undefined;
  return value[number]?.name.slice(sharedPrefix.length).toLowerCase();
}

/** 0 for a word that the enum does not know. */
export function numberOf({ values, sharedPrefix = '' }: DescEnum, word: string): number {
  const name = `${sharedPrefix}${word}`.toUpperCase();
  return values.find((value) => value.name === name)?.number ?? 0;
}
