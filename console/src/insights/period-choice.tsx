/** Chooses a period: a ready one, or two moments that are typed in the zone of the reader. */
import { useState } from 'react';
import { Button } from '../parts/button.tsx';
import { Choice, TextInput } from '../parts/field.tsx';
import { localText, momentOf } from './local-time.ts';
import { NAMED, periodFault, type Named, type Period } from './period.ts';

const OWN = 'own';

/** As the address has it. */
export interface PeriodInAddress {
  readonly from: string;
  readonly until: string | undefined;
}

interface PeriodChoiceProps {
  /** Undefined: the period is one of the reader's own. */
  readonly named: Named | undefined;
  readonly period: Period;
  readonly zone: string;
  readonly choose: (period: PeriodInAddress) => void;
}

export function PeriodChoice({ named, period, zone, choose }: PeriodChoiceProps) {
  const [isTyping, setTyping] = useState(false);
  const isOwn = isTyping || named === undefined;
  return (
    <>
      <Choice
        aria-label="Period"
        className="w-auto"
        value={isOwn ? OWN : named}
        onChange={({ target: { value } }) => {
          setTyping(value === OWN);
          if (value !== OWN) choose({ from: value, until: undefined });
        }}
      >
        {Object.entries(NAMED).map(([value, words]) => (
          <option key={value} value={value}>
            {words}
          </option>
        ))}
        <option value={OWN}>From … until …</option>
      </Choice>
      {isOwn && (
        <OwnPeriod
          key={`${period.since} ${period.until} ${zone}`}
          period={period}
          zone={zone}
          choose={choose}
        />
      )}
    </>
  );
}

function OwnPeriod({ period, zone, choose }: Omit<PeriodChoiceProps, 'named'>) {
  const [from, setFrom] = useState(localText(period.since, zone));
  const [until, setUntil] = useState(localText(period.until, zone));
  const [start, end] = [momentOf(from, zone), momentOf(until, zone)];
  const fault = periodFault(start, end);
  return (
    <form
      aria-label="Own period"
      className="flex flex-wrap items-center gap-2 text-sm"
      onSubmit={(event) => {
        event.preventDefault();
        if (fault === undefined && start !== undefined) choose({ from: start, until: end });
      }}
    >
      <Moment label="From" value={from} change={setFrom} />
      <Moment label="until" value={until} change={setUntil} />
      <Button type="submit" why={fault}>
        Show
      </Button>
      {fault !== undefined && (
        <span role="alert" className="text-xs text-fail">
          {fault}
        </span>
      )}
    </form>
  );
}

interface MomentProps {
  readonly label: string;
  readonly value: string;
  readonly change: (value: string) => void;
}

function Moment({ label, value, change }: MomentProps) {
  return (
    <label className="flex items-center gap-1.5">
      {label}
      <TextInput
        type="datetime-local"
        className="w-auto"
        required
        value={value}
        onChange={({ target }) => change(target.value)}
      />
    </label>
  );
}
