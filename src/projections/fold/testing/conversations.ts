/** Runs whose agents are talked to. */
import { agentStep, planOf, step } from '../../../workflows/core/testing/plans.ts';
import { toolAnswer, toolCall, turn } from '../../../testing/answers.ts';
import { World } from '../../../testing/world.ts';

export const JWT = 'Note: The authentication system uses JWT tokens stored in httpOnly cookies';
const TALKED_TO = planOf([agentStep('a', [], { agent: 'plan' }), step('b', ['a'])]);

/** An agent in its first turn. */
export const atWork = () => new World(TALKED_TO).task();
/** It asks for a tool. */
export const withTool = (world: World) =>
  world.reply('a#1/1', turn('h1', { calls: [toolCall('c1')] })).task();
/** The tool answers, its second turn begins. */
export const nextTurn = (world: World) =>
  world.reply('a#1/1.0', toolAnswer('package.json', { comment: 'Reading file: package.json' })).task();
