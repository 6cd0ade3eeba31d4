/** Saved views of the list of runs: a filter, columns and an order under a name. */
import * as z from 'zod';
import { Timestamp, flag, storableText } from '../shared/common.ts';
import { FilterText } from './filter.ts';

const Person = storableText(200).min(1);

const viewFields = {
  name: storableText(100).trim().min(1),
  filter: FilterText,
  columns: storableText(2_000).nullable().meta({
    description: 'Comma list, as pages have it; null: the usual ones.',
    example: 'status,id,inputs.pr,cost',
  }),
  sort: storableText(40).nullable().meta({ description: 'As in `GET /runs`.' }),
  owner: Person.nullable().meta({ description: 'Whose it is, as he says himself; null: nobody’s.' }),
  shared: z.boolean().meta({ description: 'Everybody sees it.' }),
  pinned: z.boolean().meta({ description: 'Stands among the tabs.' }),
  is_default: z.boolean().meta({
    description: 'What opens first: for everybody where it is shared, else for its owner. One at a time.',
  }),
};

const isSomebodys = ({ shared, owner }: { readonly shared: boolean; readonly owner: string | null }) =>
  shared || owner !== null;

/** What is sent to make a view or to change all of it. */
export const SavedViewContent = z
  .strictObject({
    name: viewFields.name,
    filter: viewFields.filter.default(''),
    columns: viewFields.columns.default(null),
    sort: viewFields.sort.default(null),
    owner: viewFields.owner.default(null),
    shared: viewFields.shared.default(true),
    pinned: viewFields.pinned.default(true),
    is_default: viewFields.is_default.default(false),
    by: Person.optional().meta({ description: 'Who says so, for people.' }),
  })
  .refine(isSomebodys, { path: ['owner'], message: 'must be given where the view is not shared' })
  .meta({ id: 'SavedViewContent' });

export type SavedViewContent = z.output<typeof SavedViewContent>;

export const SavedView = z
  .object({
    id: z.string(),
    ...viewFields,
    created_at: Timestamp,
    updated_at: Timestamp,
    updated_by: z.string().nullable(),
    count: z.number().int().min(0).nullable().meta({
      description: 'Runs in it, some seconds old at most. Null: not asked for, or counting took too long.',
    }),
  })
  .meta({ id: 'SavedView' });

export type SavedView = z.output<typeof SavedView>;

export const SavedViews = z.object({ items: z.array(SavedView) });

export const SavedViewFilter = z.strictObject({
  owner: Person.optional().meta({ description: 'Also those of this person that are not shared.' }),
  counts: flag.meta({ type: 'boolean', description: 'With the number of runs in each.' }),
});

export type SavedViewFilter = z.output<typeof SavedViewFilter>;

export const SavedViewParams = z.object({ view: storableText(100).min(1) });

export const SavedViewRemoval = z.strictObject({ by: Person.optional() });
