/** Answers a question; sent again after a lost answer it counts once. */
import { answerOf, api } from '../../api/client.ts';
import { author, useCommand } from '../../api/commands.ts';
import type { Question } from '../../api/generated.ts';

export interface AnswerProps {
  readonly question: Question;
  readonly why: string | undefined;
  readonly isKeyed: boolean;
  readonly onAnswered: (() => void) | undefined;
}

export function useAnswer(question: Question, onAnswered: (() => void) | undefined) {
  return useCommand({
    done: 'Answered',
    runId: question.run_id,
    send: (body: AnswerBody, id) =>
      answerOf(
        api.POST('/api/v1/runs/{id}/answers', {
          params: { path: { id: question.run_id } },
          body: { question: question.id, ...author(), ...body, id } as never,
        }),
      ),
    ...(onAnswered !== undefined && { onDone: onAnswered }),
  });
}

interface AnswerBody {
  readonly answer?: unknown;
  readonly decision?: 'approve' | 'edit' | 'reject';
  readonly reason?: string;
}
