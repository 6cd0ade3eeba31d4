/**
 * What the API refuses, in the words of the command line: places of a request become the options they came from, and
 * limits are said as they are written.
 */
import type { ErrorDetail } from '../../contract/problem.ts';

/** Parameters and members, by the name of the option that fills them. */
const OPTIONS: Readonly<Record<string, string>> = {
  'query.created_after': '--since',
  'query.created_before': '--until',
  'query.since': '--since',
  'query.until': '--until',
  'query.limit': '--limit',
  'query.cursor': '--cursor',
  'query.filter': 'the filter',
  'query.sort': '--sort',
  'query.status': '--status',
  'query.waiting': '--waiting',
  'query.workflow': '--workflow',
  'query.label': '--label',
  'query.step': '--step',
  'query.type': '--type',
  'query.message_type': '--type',
  'query.action_type': '--action',
  'query.action_status': '--status',
  'query.at': '--at',
  'query.run': 'the run',
  'query.id_prefix': 'the run',
  'query.by': '--by',
  'query.actor': '--actor',
  'query.action': '--action',
  'query.outcome': '--outcome',
  'params.id': 'the run',
  'params.key': 'the step',
  'params.seq': 'the number of the event',
  'params.name': 'the workflow',
  'body.workflow': 'the workflow',
  'body.version': 'the version',
  'body.id': '--id',
  'body.by': '--by',
  'body.labels': '--label',
  'body.inputs': '-i',
  'body.reason': 'the reason',
  'body.rerun': '--rerun',
  'body.mode': '--mode',
  'body.timeout': '--timeout',
  'body.on_timeout': '--on-timeout',
  'body.content': 'the text',
  'body.target': '--to',
  'body.expires': '--expires',
  'body.replaces': '--replaces',
  'body.metadata.additionalContext': '--context',
  'body.metadata.newTaskDescription': 'the task',
  'body.metadata.skipToAgent': '--skip-to',
  'body.metadata.inputs': '-i',
  'body.question': 'the question',
  'body.answer': 'the answer',
  'body.decision': 'the answer',
  'body.step': '--step',
  'body.events': '--events or --on',
  'body.filter': 'the filter',
  'body.addresses': '--email',
  'body.secret': '--secret',
  'body.overlap_hours': '--overlap',
  'params.webhook': 'the webhook',
  'body.session_id': '--session',
  'body.message': '--message',
  'body.additional_turns': '--turns',
  'body.additional_budget.tokens': '--tokens',
  'body.additional_budget.cost_usd': '--cost',
  'body.additional_budget.duration': '--duration',
};

/** The option that a place of the request came from, with what stands below it; undefined for a place of no option. */
export function optionOf(path: string): string | undefined {
  const parts = path.split('.');
  for (let length = parts.length; length > 1; length -= 1) {
    const option = OPTIONS[parts.slice(0, length).join('.')];
    if (option === undefined) continue;
    const rest = parts.slice(length).filter((part) => !/^\d+$/.test(part));
    return rest.length === 0 ? option : `${option} ${rest.join('.')}`;
  }
  // Inputs are told apart without the request's part before them.
  return parts[0] === 'inputs' && parts.length > 1 ? `-i ${parts.slice(1).join('.')}` : undefined;
}

/** A detail of an `invalid_request`: `--limit: must be at most 200`. */
export function refusedOption({ path = '', message = 'is not in its form' }: Partial<ErrorDetail>): string {
  const option = optionOf(path);
  const text = plainMessage(message);
  return option === undefined
    ? `${path.replace(/^(query|body|params)\./, '')}: ${text}`
    : `${option}: ${text}`;
}

/** Messages of the schema library, shorter. */
const SHORTER: readonly (readonly [RegExp, (...groups: string[]) => string])[] = [
  [/^Too big: expected number to be <=?(\S+)$/, (most) => `must be at most ${most}`],
  [/^Too small: expected number to be >=(\S+)$/, (least) => `must be at least ${least}`],
  [/^Too small: expected number to be >(\S+)$/, (least) => `must be above ${least}`],
  [
    /^Too big: expected string to have <=?(\S+) characters$/,
    (most) => `must have at most ${most} characters`,
  ],
  [/^Too small: expected string to have >=1 characters$/, () => 'must not be empty'],
  [
    /^Invalid input: expected (?:number|int), received (?:NaN|string|number)$/,
    () => 'must be a whole number',
  ],
  [/^Invalid input: expected date, received Date$/, () => 'is no point in time'],
  [
    /^Invalid option: expected one of (.+)$/,
    (list) => `must be one of ${list.replaceAll('"', '').replaceAll('|', ', ')}`,
  ],
  [/^Invalid input: expected (\S+), received undefined$/, () => 'is missing'],
  [/^Invalid input: expected (\S+), received (\S+)$/, (wanted) => `must be ${article(wanted)}`],
  [/^Unrecognized keys?: (.+)$/, (keys) => `this API does not know ${keys}: is it older than this baton?`],
];

function plainMessage(message: string): string {
  for (const [form, text] of SHORTER) {
    const found = form.exec(message);
    if (found !== null) return text(...found.slice(1));
  }
  return message;
}

const article = (what: string): string => `${/^[aeio]/.test(what) ? 'an' : 'a'} ${what}`;
