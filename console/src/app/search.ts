/** What stands in the addresses of pages, checked: what is not in its form is as if it were not there. */

type Raw = Readonly<Record<string, unknown>>;

const text = (value: unknown): string | undefined =>
  typeof value === 'string' && value !== '' ? value : undefined;
const number = (value: unknown): number | undefined => {
  const parsed = typeof value === 'string' || typeof value === 'number' ? Number(value) : Number.NaN;
  return Number.isSafeInteger(parsed) && parsed >= 0 ? parsed : undefined;
};

/** Without members that are undefined. */
function given<T extends object>(members: T): { [K in keyof T]?: Exclude<T[K], undefined> } {
  return Object.fromEntries(Object.entries(members).filter(([, value]) => value !== undefined)) as never;
}

export const RUN_TABS = ['graph', 'timeline', 'conversation', 'checkpoints', 'events'] as const;
export type RunTab = (typeof RUN_TABS)[number];

/** `filter`: the grammar of `GET /runs?filter=`; `view`: a saved view; `columns`: comma list. */
export const runsSearch = (raw: Raw) =>
  given({
    filter: text(raw['filter']),
    view: text(raw['view']),
    columns: text(raw['columns']),
    sort: text(raw['sort']),
  });

/**
 * `step`: open in the inspector; `at`: the event after which everything is shown; `entry`, `hide` (comma list of speakers)
 * and `of` (a step): of the conversation; `fold` (`yes`, `no`) and `look` (`graph`, `list`): of the graph;
 * `type` and `find`: of the events; `by` (`time`, `tokens`, `money`), `since` and `till` (a stretch of the axis, ms), `open` (comma
 * list of steps) and `only` (`errors`): of the timeline; `checkpoint`: of the checkpoints.
 */
export const runSearch = (raw: Raw) =>
  given({
    step: text(raw['step']),
    inspect: text(raw['inspect']),
    at: number(raw['at']),
    entry: number(raw['entry']),
    hide: text(raw['hide']),
    of: text(raw['of']),
    fold: text(raw['fold']),
    type: text(raw['type']),
    find: text(raw['find']),
    by: text(raw['by']),
    since: number(raw['since']),
    till: number(raw['till']),
    open: text(raw['open']),
    only: text(raw['only']),
    checkpoint: number(raw['checkpoint']),
    look: text(raw['look']),
    compare: text(raw['compare']),
  });

export const inboxSearch = (raw: Raw) =>
  given({ question: text(raw['question']), run: text(raw['run']), filter: text(raw['filter']) });

/** `new`: the example that a new definition begins with, or `blank`; `start`: the definition whose form is open, or `any`. */
export const definitionsSearch = (raw: Raw) =>
  given({
    filter: text(raw['filter']),
    archived: text(raw['archived']),
    new: text(raw['new']),
    beside: text(raw['beside']),
    start: text(raw['start']),
  });

/** `against`: the version that `version` is compared with; `start`: `yes`, the form is open; `look`: `graph` or `list`. */
export const definitionSearch = (raw: Raw) =>
  given({
    tab: text(raw['tab']),
    version: text(raw['version']),
    against: text(raw['against']),
    start: text(raw['start']),
    step: text(raw['step']),
    look: text(raw['look']),
    beside: text(raw['beside']),
  });

/** `node`: of which all is shown; `ask`: `yes`, which node would do something is asked. */
export const nodesSearch = (raw: Raw) => given({ node: text(raw['node']), ask: text(raw['ask']) });

/** `webhook`: of which all is shown, with its log; `status`: of deliveries; `delivery`: of which all is shown. */
export const webhooksSearch = (raw: Raw) =>
  given({
    webhook: text(raw['webhook']),
    status: text(raw['status']),
    delivery: text(raw['delivery']),
  });

/** `from`: the name of a period, or with `until` the moments between which it lies. */
export const insightsSearch = (raw: Raw) =>
  given({ from: text(raw['from']), until: text(raw['until']), workflow: text(raw['workflow']) });
