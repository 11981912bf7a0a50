import { queryOptions } from '@tanstack/react-query';
import { client, nothing, take } from './client';
import type { NewNote, NewScore } from './types';

/** Everything that was said begins with this key, under whatever names the execution. */
export const saidKey = ['said'] as const;

export function scoresQuery(id: string) {
  return queryOptions({
    queryKey: [...saidKey, id, 'scores'] as const,
    queryFn: async ({ signal }) =>
      (await take(client.GET('/api/executions/{id}/scores', { params: { path: { id } }, signal }))).scores,
    staleTime: 10_000,
  });
}

export function notesQuery(id: string) {
  return queryOptions({
    queryKey: [...saidKey, id, 'notes'] as const,
    queryFn: async ({ signal }) =>
      (await take(client.GET('/api/executions/{id}/notes', { params: { path: { id } }, signal }))).notes,
    staleTime: 10_000,
  });
}

export function saveScore(id: string, body: NewScore) {
  return take(client.POST('/api/executions/{id}/scores', { params: { path: { id } }, body }));
}

export function deleteScore(id: string, scoreId: string) {
  return nothing(
    client.DELETE('/api/executions/{id}/scores/{scoreId}', { params: { path: { id, scoreId } } }),
  );
}

export function createNote(id: string, body: NewNote) {
  return take(client.POST('/api/executions/{id}/notes', { params: { path: { id } }, body }));
}

export function replaceNote(id: string, noteId: string, text: string) {
  return take(
    client.PUT('/api/executions/{id}/notes/{noteId}', { params: { path: { id, noteId } }, body: { text } }),
  );
}

export function deleteNote(id: string, noteId: string) {
  return nothing(client.DELETE('/api/executions/{id}/notes/{noteId}', { params: { path: { id, noteId } } }));
}
