/** The context that the command line names (`baton --context NAME …`): said once, before the command begins. */

let named: string | undefined;

export function nameContext(name: string | undefined): void {
  named = name;
}

export const namedContext = (): string | undefined => named;
