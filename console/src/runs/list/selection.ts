/** Which runs are chosen: some, or all that fit the filter but some. Pure. */
export type Selection =
  | { readonly all: false; readonly ids: ReadonlySet<string> }
  | { readonly all: true; readonly except: ReadonlySet<string> };

export const NOTHING: Selection = { all: false, ids: new Set() };
export const EVERYTHING: Selection = { all: true, except: new Set() };

export function isSelected(selection: Selection, id: string): boolean {
  return selection.all ? !selection.except.has(id) : selection.ids.has(id);
}

export function isEmpty(selection: Selection): boolean {
  return !selection.all && selection.ids.size === 0;
}

/** These chosen, or not. */
export function withAll(selection: Selection, ids: readonly string[], chosen: boolean): Selection {
  const set = new Set(selection.all ? selection.except : selection.ids);
  for (const id of ids) {
    if (chosen === selection.all) set.delete(id);
    else set.add(id);
  }
  return selection.all ? { all: true, except: set } : { all: false, ids: set };
}

export function toggled(selection: Selection, id: string): Selection {
  return withAll(selection, [id], !isSelected(selection, id));
}

/** From the one that was chosen last to this one, both included. */
export function rangeOf(ids: readonly string[], from: string | null, to: string): readonly string[] {
  const [start, end] = [from === null ? -1 : ids.indexOf(from), ids.indexOf(to)];
  if (start < 0 || end < 0) return [to];
  return ids.slice(Math.min(start, end), Math.max(start, end) + 1);
}

/** How many; null while the number of all is not known. */
export function sizeOf(selection: Selection, total: number | null): number | null {
  if (!selection.all) return selection.ids.size;
  return total === null ? null : Math.max(0, total - selection.except.size);
}
