import createClient, { type Middleware } from 'openapi-fetch';
import { base } from '@/lib/base';
import { parseSoon } from '@/lib/exact';
import { authHeaders } from './key';
import type { paths } from './schema.gen';
import type { Problem, QueryError } from './types';

/** What the API answered instead, or that it did not answer (`unreachable`). */
export class ApiError extends Error {
  override name = 'ApiError';
  constructor(
    readonly code: string,
    readonly status: number,
    detail: string,
    /** Of a query that cannot be read: where and why. */
    readonly errors: readonly QueryError[] = [],
    /** The value of what was sent that is wrong, as a JSON pointer. */
    readonly field: string | undefined = undefined,
  ) {
    super(detail);
  }
}

export function isCode(error: unknown, code: string): boolean {
  return error instanceof ApiError && error.code === code;
}

export function unreachable(): ApiError {
  return new ApiError('unreachable', 0, 'The server does not answer. It may be stopped or restarting.');
}

const auth: Middleware = {
  onRequest({ request }) {
    for (const [name, value] of Object.entries(authHeaders())) request.headers.set(name, value);
    return request;
  },
  onError() {
    return unreachable();
  },
};

// Same origin always. The base must be absolute only where there is no page.
export const client = createClient<paths>({ baseUrl: (globalThis.location?.origin ?? '') + base });
client.use(auth);

type Answer<T> = { data?: T; error?: unknown; response: Response };

/** The data of an answer, or its problem thrown as an ApiError. */
export async function take<T>(answer: Promise<Answer<T>>): Promise<T> {
  const { data, error, response } = await answer;
  if (response.ok && data !== undefined) return data;
  throw problemOf(error, response);
}

/** An answer read with exact numbers, and in slices. */
export async function takeExact<T>(
  answer: Promise<{ data?: unknown; error?: unknown; response: Response }>,
): Promise<T> {
  return (await parseSoon((await take(answer)) as string)) as T;
}

/** Of an answer that says nothing but that it is done. */
export async function nothing(answer: Promise<Answer<unknown>>): Promise<void> {
  const { error, response } = await answer;
  if (!response.ok) throw problemOf(error, response);
}

export function problemOf(error: unknown, response: Response): ApiError {
  const problem = error as Partial<Problem> | undefined;
  if (typeof problem === 'object' && problem?.code && problem.detail) {
    return new ApiError(problem.code, response.status, problem.detail, problem.errors, problem.field);
  }
  // A proxy's own page, or a server of another kind.
  const code = response.status === 401 ? 'unauthorized' : response.status >= 502 ? 'unreachable' : 'internal';
  return new ApiError(
    code,
    response.status,
    `The server answered ${response.status} ${response.statusText}`.trim(),
  );
}
