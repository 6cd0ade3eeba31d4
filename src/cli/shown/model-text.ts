/** Says who answers in this stack: a real model, or the recorded script. */
import { relative } from 'node:path';
import { defaultModel } from '../../activities/agents/models.ts';
import type { Config } from '../../config.ts';

/** @param root Folder that the script's path is shown from. */
export function modelText(config: Config, env: NodeJS.ProcessEnv, root: string): string {
  const { provider, model } = defaultModel({ config, env });
  const name = config.BATON_MODEL ?? `${provider}/${model}`;
  if (!name.startsWith('scripted'))
    return `Agents are played by ${name} (set BATON_MODEL to choose another).`;
  const script = config.BATON_SCRIPT === undefined ? 'none' : relative(root, config.BATON_SCRIPT);
  return (
    `No model key is set: agents answer from a recorded script: ${script} (whatever the diff says).\n` +
    "Set ANTHROPIC_API_KEY, OPENAI_API_KEY or another provider's key to run for real."
  );
}
