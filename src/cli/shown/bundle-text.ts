/** Bundles on a screen: what a check found, and what an import did. */
import type { BundleReport, ImportedBundle } from '../../bundles/index.ts';
import { writeJson } from '../../plan/exact-json.ts';
import { counted } from '../terminal/style.ts';

export function reportText(file: string, report: BundleReport): string {
  const { run_id: run, rows, faulty, faults, compared, diverged, absent_blobs: absent } = report;
  const events = rows['history_events'] ?? 0;
  const total = Object.values(rows).reduce((sum, count) => sum + count, 0);
  const figures = `${counted(total, 'row')}, ${counted(events, 'stored event')}`;
  const verdict = faulty === 0 ? 'ok' : counted(faulty, 'fault');
  return [
    `${file}: ${verdict} (${run === null ? 'no run' : `run ${run}`}, ${figures})`,
    ...faults.map((fault) => {
      const place = fault.line === null ? '' : `line ${fault.line}, `;
      return `  ${place}${fault.where}: ${fault.message} [${fault.code}]`;
    }),
    ...(faulty > faults.length ? [`  … and ${faulty - faults.length} more`] : []),
    ...signatureLines(report),
    ...(faulty === 0 && !compared
      ? ['  its rows are of another version of Baton, so they were not compared']
      : []),
    ...(absent.length > 0
      ? [`  ${counted(absent.length, 'blob')} were not stored any more where it was written`]
      : []),
    ...(diverged === null ? [] : [`  diverged: ${writeJson(diverged)}`]),
  ].join('\n');
}

/** What is here is not what anybody signed. */
const UNSIGNED: ReadonlySet<string> = new Set(['signature_wrong', 'line_changed', 'line_invalid']);

function signatureLines({ key, baton, created_at: at, faults }: BundleReport): readonly string[] {
  if (key === null || faults.some(({ code }) => UNSIGNED.has(code))) return [];
  const pinned = key.pinned
    ? 'the key that was asked for'
    : 'not pinned: compare it with `baton key` there, or give --key';
  return [`  written ${at ?? ''} by Baton ${baton ?? ''}`, `  signed by ${key.fingerprint} (${pinned})`];
}

export function importText({ run_id: run, origin, pinned, outcome }: ImportedBundle): string {
  const from = `signed by ${origin}${pinned ? '' : ' (not pinned)'}`;
  switch (outcome) {
    case 'imported':
      return `run ${run} is here to be read, ${from}`;
    case 'would_import':
      return `run ${run} would be here to be read, ${from}`;
    case 'present':
      return `run ${run} is here already, from this very bundle; nothing has changed`;
  }
}
