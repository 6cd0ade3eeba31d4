/**
 * Statements as tagged templates: values become parameters, never text.
 *
 *     await db.query(sql`select * from workflow_runs where id = ${id}`)
 */
export interface Statement {
  readonly text: string;
  readonly values: unknown[];
}

const isStatement = (value: unknown): value is Statement =>
  typeof value === 'object' && value !== null && STATEMENT in value;
const STATEMENT = Symbol('statement');

/** Builds a statement; a nested statement is spliced in with its parameters renumbered. */
export function sql(strings: TemplateStringsArray, ...inserts: unknown[]): Statement {
  const values: unknown[] = [];
  let text = strings[0] ?? '';
  inserts.forEach((insert, i) => {
    if (isStatement(insert)) {
      text += renumbered(insert, values.length);
      values.push(...insert.values);
    } else {
      values.push(insert);
      text += `$${values.length}`;
    }
    text += strings[i + 1] ?? '';
  });
  return { text, values, [STATEMENT]: true } as Statement;
}

/** Splices statements into one, with `separator` between them. */
export function joined(statements: readonly Statement[], separator: string): Statement {
  const values: unknown[] = [];
  const texts = statements.map((statement) => {
    const text = renumbered(statement, values.length);
    values.push(...statement.values);
    return text;
  });
  return { text: texts.join(separator), values, [STATEMENT]: true } as Statement;
}

/** The text with its parameters counted on from `offset`. */
function renumbered({ text, values }: Statement, offset: number): string {
  if (offset === 0 || values.length === 0) return text;
  return text.replace(/\$(\d+)/g, (_, n: string) => `$${Number(n) + offset}`);
}

/** Text of a statement as it stands: only for what the code itself says, such as the names of columns. */
export function literally(text: string): Statement {
  return { text, values: [], [STATEMENT]: true } as Statement;
}

/** Joins conditions with `and`; none means `true`. */
export function allOf(conditions: readonly Statement[]): Statement {
  return conditions.length === 0 ? literally('true') : joined(conditions, ' and ');
}
