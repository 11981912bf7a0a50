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

/** An image that the payload itself carries; addresses elsewhere are never loaded. */
export function inlineImage(part: Part): string | undefined {
  const source = part.uri ?? part.content ?? '';
  if (/^data:image\/(png|jpe?g|gif|webp);base64,[A-Za-z0-9+/=\s]+$/.test(source)) return source;
  if (
    /^image\/(png|jpe?g|gif|webp)$/.test(part.mime_type ?? '') &&
    /^[A-Za-z0-9+/=\s]{40,}$/.test(part.content ?? '')
  ) {
    return `data:${part.mime_type};base64,${part.content}`;
  }
  return undefined;
}
