/** Comes. */
export default function EditView({ name, newest }: { readonly name: string; readonly newest: string }) {
  return (
    <p>
      {name} {newest}
    </p>
  );
}
