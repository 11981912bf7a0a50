import { useMutation, useQuery, useQueryClient } from '@tanstack/react-query';
import type { ReactNode } from 'react';
import {
  createNote,
  deleteNote,
  deleteScore,
  notesQuery,
  replaceNote,
  saidKey,
  saveScore,
  scoresQuery,
} from '@/api/feedback';
import { sessionQuery } from '@/api/queries';
import type { Session } from '@/api/types';
import { Notes } from '@/features/feedback/Notes';
import { Scores } from '@/features/feedback/Scores';
import { Thumbs } from '@/features/feedback/Thumbs';
import { givenOn, type Target } from '@/features/feedback/thumb';

export interface Feedback {
  thumbs: (what: string, target: Target, className?: string) => ReactNode;
  notes: (stepName: (stepId: string) => string, stepId?: string) => ReactNode;
  /** Nothing where there are none. */
  scores: (stepName: (stepId: string) => string, stepId?: string) => ReactNode;
}

/** What people say of an execution, for every place where they may say it. */
export function useFeedback(id: string): Feedback {
  const session = useQuery(sessionQuery).data;
  const scores = useQuery(scoresQuery(id)).data ?? [];
  const notes = useQuery(notesQuery(id)).data ?? [];
  const act = useActs(id);
  const may = maySpeak(session);
  const author = session?.user?.email ?? '';
  const failed = act.error?.message;
  return {
    thumbs: (what, target, className) => {
      const given = givenOn(scores, target, author);
      return (
        <Thumbs
          what={what}
          given={given}
          mayGive={may}
          busy={act.isPending}
          error={failed}
          onGive={(value, comment) =>
            act.mutate(() => saveScore(id, { name: 'feedback', value, comment, source: 'human', ...target }))
          }
          onTakeBack={() => {
            const own = given.own;
            if (own) act.mutate(() => deleteScore(id, own.id));
          }}
          className={className}
        />
      );
    },
    notes: (stepName, stepId) => (
      <Notes
        notes={stepId ? notes.filter((n) => n.stepId === stepId) : notes}
        stepName={stepName}
        ofStep={stepId !== undefined}
        mayWrite={may}
        busy={act.isPending}
        error={failed}
        onCreate={(text) => act.mutateAsync(() => createNote(id, { text, ...(stepId ? { stepId } : {}) }))}
        onReplace={(note, text) => act.mutateAsync(() => replaceNote(id, note, text))}
        onDelete={(note) => act.mutate(() => deleteNote(id, note))}
      />
    ),
    scores: (stepName, stepId) => {
      const shown = scores.filter((s) => s.name !== 'feedback' && (!stepId || s.stepId === stepId));
      if (shown.length === 0) return null;
      return (
        <Scores
          scores={shown}
          stepName={stepName}
          mayDelete={may}
          onDelete={(score) => act.mutate(() => deleteScore(id, score))}
        />
      );
    },
  };
}

/** One act at a time; whatever it was, what was said is read again. */
function useActs(id: string) {
  const client = useQueryClient();
  return useMutation({
    mutationFn: (run: () => Promise<unknown>) => run(),
    onSettled: () => client.invalidateQueries({ queryKey: [...saidKey, id] }),
  });
}

/** Members speak; viewers and keys that may only read do not. */
function maySpeak(session: Session | undefined): boolean {
  if (!session) return false;
  if (session.user) return session.role !== 'viewer' && session.role !== 'none';
  return session.local || session.scope === 'admin';
}
