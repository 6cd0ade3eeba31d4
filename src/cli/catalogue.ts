/**
 * The commands of `baton`, in the groups and the order of its help. Each is loaded only when it is asked for: what
 * `status` needs is there long before the compiler and the supervisor would be.
 */
import type { Command } from 'commander';

/** Adds one command, or several that belong together, to the program. */
type Add = (program: Command, programWith: (name?: string) => Promise<Command>) => void;

export interface Entry {
  readonly load: () => Promise<Add>;
  /** Lines below `Examples:` in its help, each a whole command line. */
  readonly examples: readonly string[];
}

export interface Group {
  readonly heading: string;
  readonly commands: Readonly<Record<string, Entry>>;
}

const entry = (load: Entry['load'], ...examples: readonly string[]): Entry => ({ load, examples });

const loadControls = async () => (await import('./commands/runs/control.ts')).addControls;

/** Keys are the commands' names. */
export const GROUPS: readonly Group[] = [
  {
    heading: 'The stack:',
    commands: {
      up: entry(async () => (await import('./commands/stack/up.ts')).addUp, 'baton up -d', 'baton up --demo'),
      down: entry(async () => (await import('./commands/stack/up.ts')).addDown, 'baton down'),
      doctor: entry(async () => (await import('./commands/stack/doctor.ts')).addDoctor, 'baton doctor'),
    },
  },
  {
    heading: 'Runs:',
    commands: {
      run: entry(
        async () => (await import('./commands/runs/run.ts')).addRun,
        'baton run review.yaml -i git_diff=@changes.diff --watch',
        'baton run review.yaml --help',
        'baton run code-review-workflow@1.0.0 --input inputs.json --label team=payments',
      ),
      list: entry(
        async () => (await import('./commands/runs/list.ts')).addList,
        'baton list --status running,paused',
        'baton list --workflow review --limit 5',
        'baton list "status:failed cost>1 created<24h" --sort -cost',
        'baton list "needs:me -by:ana" --count',
      ),
      status: entry(
        async () => (await import('./commands/runs/look.ts')).addStatus,
        'baton status RUN',
        'baton status RUN -o json',
      ),
      watch: entry(
        async () => (await import('./commands/runs/look.ts')).addWatch,
        'baton watch RUN',
        'baton watch RUN --stream',
      ),
      output: entry(
        async () => (await import('./commands/runs/look.ts')).addOutput,
        'baton output RUN',
        'baton output RUN plan -o json',
      ),
      logs: entry(
        async () => (await import('./commands/runs/logs.ts')).addLogs,
        'baton logs RUN',
        'baton logs RUN build --tail 20 --follow',
      ),
      open: entry(async () => (await import('./commands/runs/open.ts')).addOpen, 'baton open RUN'),
      continue: entry(
        async () => (await import('./commands/runs/continue.ts')).addContinue,
        'baton continue RUN --turns 20 --message "The tests lie in test/." --watch',
      ),
      rerun: entry(
        async () => (await import('./commands/past/rerun.ts')).addRerun,
        'baton rerun RUN',
        'baton rerun RUN --newest -i branch=main --watch',
        'baton rerun RUN --from draft --prompt @prompt.txt --watch',
      ),
      checkpoints: entry(
        async () => (await import('./commands/past/checkpoints.ts')).addCheckpoints,
        'baton checkpoints RUN',
        'baton checkpoints RUN cp-3 -o json',
      ),
      checkpoint: entry(
        async () => (await import('./commands/past/checkpoints.ts')).addCheckpoint,
        'baton checkpoint RUN "before the migration"',
      ),
      restore: entry(
        async () => (await import('./commands/past/restore.ts')).addRestore,
        'baton restore RUN cp-3 --dry-run',
        'baton restore RUN "before the migration" --from build',
        'baton restore RUN cp-3 --result plan=@plan.json --reason "as agreed"',
      ),
      fork: entry(
        async () => (await import('./commands/past/fork.ts')).addFork,
        'baton fork RUN cp-3 --set inputs.branch=main --watch',
        'baton fork RUN cp-3 --from draft --variant model=openai/gpt-5 --variant model=google/gemini-2.5-pro --budget 2usd',
      ),
      promote: entry(
        async () => (await import('./commands/past/promote.ts')).addPromote,
        'baton promote FORK --dry-run',
        'baton promote FORK --reason "the best of three"',
      ),
      prune: entry(
        async () => (await import('./commands/past/prune.ts')).addPrune,
        'baton prune RUN --keep 10 --dry-run',
        'baton prune --workflow review --older-than 30d',
        'baton prune --all --keep 5 --older-than 90d --no-keep-labelled',
      ),
      stats: entry(async () => (await import('./commands/runs/stats.ts')).addStats, 'baton stats'),
    },
  },
  {
    heading: 'Talking to a run:',
    commands: {
      message: entry(
        async () => (await import('./commands/people/message.ts')).addMessage,
        'baton message RUN "Keep the old API." --instruction --to code --wait',
      ),
      thread: entry(
        async () => (await import('./commands/people/thread.ts')).addThread,
        'baton thread RUN --follow',
      ),
      withdraw: entry(
        async () => (await import('./commands/people/message.ts')).addWithdraw,
        'baton withdraw RUN 12',
      ),
      pause: entry(loadControls, 'baton pause RUN "wait for the review" --timeout 2h'),
      resume: entry(loadControls, 'baton resume RUN --context "Use the new schema."'),
      cancel: entry(loadControls, 'baton cancel RUN "wrong branch"'),
      redirect: entry(
        async () => (await import('./commands/runs/redirect.ts')).addRedirect,
        'baton redirect RUN "Only mend the parser" --skip-to code',
      ),
      edit: entry(
        async () => (await import('./commands/runs/edit.ts')).addEdit,
        'baton edit RUN',
        'baton edit RUN --file changed.yaml --dry-run',
        'baton edit RUN --revert-to 0 --yes',
      ),
      edits: entry(async () => (await import('./commands/runs/edit.ts')).addEdits, 'baton edits RUN'),
      compact: entry(
        async () => (await import('./commands/runs/compact.ts')).addCompact,
        'baton compact RUN code',
      ),
      step: entry(
        async () => (await import('./commands/runs/step.ts')).addStep,
        'baton step skip RUN build --reason "known to work"',
        'baton step retry RUN deploy',
        'baton step hold RUN deploy --reason "after the meeting"',
        'baton step override RUN plan --value @plan.json',
      ),
      limits: entry(
        async () => (await import('./commands/runs/step.ts')).addLimits,
        'baton limits RUN --cost 20',
        'baton limits RUN code --turns 60',
      ),
      questions: entry(
        async () => (await import('./commands/people/questions.ts')).addQuestions,
        'baton questions',
        'baton questions RUN',
      ),
      answer: entry(
        async () => (await import('./commands/people/questions.ts')).addAnswer,
        'baton answer RUN --approve',
        'baton answer RUN QUESTION blue',
      ),
    },
  },
  {
    heading: 'The record of a run:',
    commands: {
      events: entry(
        async () => (await import('./commands/runs/record.ts')).addEvents,
        'baton events RUN --type tool_call,error',
        'baton events RUN --follow -o json',
      ),
      causes: entry(async () => (await import('./commands/runs/record.ts')).addCauses, 'baton causes RUN 42'),
      state: entry(
        async () => (await import('./commands/runs/record.ts')).addState,
        'baton state RUN --at 42',
      ),
      why: entry(
        async () => (await import('./commands/past/why.ts')).addWhy,
        'baton why RUN build',
        'baton why RUN build --at 42 -o json',
      ),
      input: entry(
        async () => (await import('./commands/past/input.ts')).addInput,
        'baton input RUN STEP',
        'baton input RUN STEP --attempt 1',
      ),
      calls: entry(
        async () => (await import('./commands/runs/calls.ts')).addCalls,
        'baton calls RUN --step code',
      ),
      transcript: entry(
        async () => (await import('./commands/runs/calls.ts')).addTranscript,
        'baton transcript RUN code --full',
      ),
      audit: entry(
        async () => (await import('./commands/stack/audit.ts')).addAudit,
        'baton audit --run RUN',
        'baton audit --outcome refused',
      ),
    },
  },
  {
    heading: 'Definitions:',
    commands: {
      validate: entry(
        async () => (await import('./commands/definitions/definitions.ts')).addValidate,
        'baton validate review.yaml',
      ),
      graph: entry(
        async () => (await import('./commands/definitions/definitions.ts')).addGraph,
        'baton graph review.yaml --mermaid',
        'baton graph code-review-workflow',
      ),
      publish: entry(
        async () => (await import('./commands/definitions/publish.ts')).addPublish,
        'baton publish review.yaml',
      ),
      workflows: entry(
        async () => (await import('./commands/definitions/publish.ts')).addWorkflows,
        'baton workflows',
      ),
      rehearse: entry(
        async () => (await import('./commands/past/rehearse.ts')).addRehearse,
        'baton rehearse review.yaml --runs 20',
        'baton rehearse --save review.test.yaml RUN',
        'baton rehearse review.yaml --against review.test.yaml',
      ),
      diff: entry(
        async () => (await import('./commands/definitions/diff.ts')).addDiff,
        'baton diff review@1.0.0 review@1.1.0',
        'baton diff review review.yaml',
        'baton diff RUN OTHER',
        'baton diff RUN@42 RUN@90 -o json',
      ),
      export: entry(
        async () => (await import('./commands/runs/export.ts')).addExport,
        'baton export review@1.0.0',
        'baton export review.yaml --as json',
        'baton export RUN --to run.baton.gz',
      ),
      script: entry(
        async () => (await import('./commands/definitions/script.ts')).addScript,
        'baton script check script.yaml RUN',
      ),
    },
  },
  {
    heading: 'Nodes:',
    commands: {
      nodes: entry(
        async () => (await import('./commands/nodes/nodes.ts')).addNodes,
        'baton nodes',
        'baton nodes show render-1',
        'baton nodes match --capability render --label gpu=a100 --prefer zone=b',
        'baton nodes add counter --address grpc://10.0.0.7:50051 --capability count',
        'baton nodes drain render-1',
      ),
    },
  },
  {
    heading: 'Proof and upkeep:',
    commands: {
      verify: entry(
        async () => (await import('./commands/stack/proof.ts')).addVerify,
        'baton verify',
        'baton verify RUN',
        'baton verify run.baton.gz --key SHA256:…',
      ),
      rebuild: entry(async () => (await import('./commands/stack/proof.ts')).addRebuild, 'baton rebuild RUN'),
      import: entry(
        async () => (await import('./commands/runs/bundle.ts')).addImport,
        'baton import run.baton.gz --key origin.pem',
      ),
      key: entry(
        async () => (await import('./commands/runs/bundle.ts')).addKey,
        'baton key',
        'baton key > origin.pem',
      ),
      maintain: entry(
        async () => (await import('./commands/stack/maintain.ts')).addMaintain,
        'baton maintain --report',
      ),
      migrate: entry(
        async () => (await import('./commands/stack/migrate.ts')).addMigrate,
        'baton migrate --dry-run',
      ),
    },
  },
  {
    heading: 'Events sent elsewhere:',
    commands: {
      webhooks: entry(
        async () => (await import('./commands/webhooks/webhooks.ts')).addWebhooks,
        'baton webhooks add https://example.com/baton --events "run.*,question.asked"',
        'baton webhooks deliveries wh-4f7k2m9qzx01 --status dead',
        'baton webhooks redeliver wh-4f7k2m9qzx01',
      ),
      notify: entry(
        async () => (await import('./commands/webhooks/notify.ts')).addNotify,
        'baton notify add team-payments --slack @slack-url.txt --on question,failure --filter "label:team=payments"',
        'baton notify add ana --email ana@example.com',
        'baton notify test ana',
      ),
    },
  },
  {
    heading: 'This program:',
    commands: {
      api: entry(
        async () => (await import('./commands/stack/api.ts')).addApi,
        'baton api /runs -f limit=5',
        'baton api POST /runs/RUN/pause -f reason=lunch',
        'baton api --curl -- pause RUN lunch',
      ),
      context: entry(
        async () => (await import('./commands/stack/context.ts')).addContext,
        'baton context add prod --url https://baton.example.org --token-env PROD_TOKEN',
        'baton context use prod',
        'baton context show',
        'baton --context prod list',
      ),
      mcp: entry(
        async () => (await import('./commands/stack/mcp.ts')).addMcp,
        'baton mcp',
        'baton mcp --scope read,steer',
      ),
      completion: entry(
        async () => (await import('./commands/stack/completion.ts')).addCompletion,
        'source <(baton completion bash)',
        'baton completion fish > ~/.config/fish/completions/baton.fish',
      ),
      version: entry(
        async () => (await import('./commands/stack/version.ts')).addVersion,
        'baton version -o json',
      ),
    },
  },
];
