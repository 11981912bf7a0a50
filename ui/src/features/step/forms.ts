import { inlineImage } from '@/lib/image';
import { isObject } from '@/lib/json';

/** The known forms of payloads. What claims a form but has none is shown as JSON. */

export interface Part {
  type: string;
  content?: string;
  id?: string;
  name?: string;
  arguments?: unknown;
  response?: unknown;
  mime_type?: string;
  uri?: string;
}

export interface Message {
  role: string;
  name?: string;
  parts: Part[];
  finish_reason?: string;
}

export interface Document {
  id?: string;
  content?: string;
  score?: number;
  metadata?: unknown;
}

export function asMessages(value: unknown): Message[] | undefined {
  if (!Array.isArray(value) || value.length === 0) return undefined;
  const ok = value.every(
    (m) => isObject(m) && typeof m.role === 'string' && Array.isArray(m.parts) && m.parts.every(isPart),
  );
  return ok ? (value as Message[]) : undefined;
}

function isPart(part: unknown): boolean {
  return isObject(part) && typeof part.type === 'string';
}

export function asDocuments(value: unknown): Document[] | undefined {
  if (!Array.isArray(value) || value.length === 0) return undefined;
  const ok = value.every(
    (d) =>
      isObject(d) &&
      (d.content === undefined || typeof d.content === 'string') &&
      (d.score === undefined || typeof d.score === 'number') &&
      (d.content !== undefined || d.id !== undefined),
  );
  return ok ? (value as Document[]) : undefined;
}

/** An image that the part itself carries. */
export function partImage(part: Part): string | undefined {
  return inlineImage(part.uri ?? part.content ?? '', part.mime_type);
}
