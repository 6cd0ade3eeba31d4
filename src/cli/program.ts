/** The commands of `baton`. */
import { Command } from 'commander';
import { batonVersion } from './checkout.ts';
import { addAudit } from './commands/audit.ts';
import { addCalls, addTranscript } from './commands/calls.ts';
import { addContinue } from './commands/continue.ts';
import { addCompact } from './commands/compact.ts';
import { addControls } from './commands/control.ts';
import { addDoctor } from './commands/doctor.ts';
import { addGraph, addValidate } from './commands/definitions.ts';
import { addList, addOutput, addStatus, addWatch } from './commands/look.ts';
import { addMaintain } from './commands/maintain.ts';
import { addMessage, addWithdraw } from './commands/message.ts';
import { addRebuild, addVerify } from './commands/proof.ts';
import { addPublish, addWorkflows } from './commands/publish.ts';
import { addAnswer, addQuestions } from './commands/questions.ts';
import { addCauses, addEvents, addState } from './commands/record.ts';
import { addRedirect } from './commands/redirect.ts';
import { addRun } from './commands/run.ts';
import { addScript } from './commands/script.ts';
import { addThread } from './commands/thread.ts';
import { addDown, addUp } from './commands/up.ts';
import { print, withFormat, type FormatOption } from './output.ts';

/** A program that throws instead of ending the process. */
export function createProgram(): Command {
  const program = new Command('baton')
    .description('Durable AI-agent workflows: a DAG in YAML or JSON, run on Temporal, readable in Postgres.')
    .version(batonVersion(), '-V, --version')
    .showHelpAfterError('(baton --help, baton COMMAND --help)')
    .exitOverride()
    .addHelpText(
      'after',
      '\nExit codes: 0 done, 1 the run failed or the definition is invalid, 2 wrong use, 3 cannot reach the stack.',
    );
  addUp(program);
  addDown(program);
  addRun(program);
  addList(program);
  addStatus(program);
  addWatch(program);
  addThread(program);
  addMessage(program);
  addWithdraw(program);
  addRedirect(program);
  addOutput(program);
  addControls(program);
  addCompact(program);
  addContinue(program);
  addQuestions(program);
  addAnswer(program);
  addCalls(program);
  addTranscript(program);
  addEvents(program);
  addCauses(program);
  addState(program);
  addAudit(program);
  addPublish(program);
  addWorkflows(program);
  addValidate(program);
  addGraph(program);
  addVerify(program);
  addRebuild(program);
  addMaintain(program);
  addDoctor(program);
  addScript(program);
  withFormat(program.command('version'))
    .description('the version of Baton and of Node')
    .action((options: FormatOption) => {
      const versions = { baton: batonVersion(), node: process.versions.node };
      print(options.output, versions, () => `baton ${versions.baton} (Node ${versions.node})`);
    });
  return program;
}
