/** A definition that begins with a template. */
export function NewDefinition({ template }: { readonly template: string }) {
  return <h1>{template}</h1>;
}
