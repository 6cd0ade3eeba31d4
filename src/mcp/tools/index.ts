/** All tools, in the order in which clients list them. */
import type { Tool } from '../tool.ts';
import { definitionTools } from './definitions.ts';
import { editTools } from './edits.ts';
import { figureTools } from './figures.ts';
import { lookingTools } from './looking.ts';
import { pastTools } from './past.ts';
import { peopleTools } from './people.ts';
import { recordTools } from './record.ts';
import { startingTools } from './starting.ts';
import { steeringTools } from './steering.ts';
import { stepTools } from './steps.ts';

export const TOOLS: readonly Tool[] = [
  ...definitionTools,
  ...startingTools,
  ...lookingTools,
  ...recordTools,
  ...peopleTools,
  ...steeringTools,
  ...stepTools,
  ...pastTools,
  ...editTools,
  ...figureTools,
];
