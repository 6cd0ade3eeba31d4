/** What a step of kind `echo` is compiled to, and the form of that. */
import * as v from 'valibot';
import { count, node } from '../../../../plan/forms.ts';
import type { Form } from '../../../../plan/forms.ts';
import type { TemplateNode } from '../../../../plan/template.ts';

export interface EchoSpec {
  readonly kind: 'echo';
  readonly text: TemplateNode;
  /** So often the text is said; at least 1. */
  readonly times: number;
}

export const echoForm: Form<EchoSpec> = v.object({ kind: v.literal('echo'), text: node, times: count });
