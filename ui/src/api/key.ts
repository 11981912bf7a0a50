/**
 * The caller's key and chosen project. The key lives in this tab's
 * sessionStorage, or in localStorage if the person asked to be remembered.
 */

const KEY = 'xray.key';
const PROJECT = 'xray.project';

function read(storage: () => Storage, name: string): string | undefined {
  try {
    return storage().getItem(name) ?? undefined;
  } catch {
    return undefined; // storage may be blocked; then nothing is remembered
  }
}

function write(storage: () => Storage, name: string, value: string | undefined): void {
  try {
    if (value === undefined) storage().removeItem(name);
    else storage().setItem(name, value);
  } catch {
    // see read
  }
}

const tab = (): Storage => sessionStorage;
const device = (): Storage => localStorage;

let memory: string | undefined;

export function apiKey(): string | undefined {
  return memory ?? read(tab, KEY) ?? read(device, KEY);
}

export function setApiKey(key: string | undefined, remember = false): void {
  memory = key;
  write(tab, KEY, remember ? undefined : key);
  write(device, KEY, remember ? key : undefined);
}

export function chosenProject(): string | undefined {
  return read(device, PROJECT);
}

export function chooseProject(project: string | undefined): void {
  write(device, PROJECT, project);
}

/** What every request carries. */
export function authHeaders(): Record<string, string> {
  const headers: Record<string, string> = {};
  const key = apiKey();
  const project = chosenProject();
  if (key) headers.Authorization = `Bearer ${key}`;
  if (project) headers['X-Xray-Project'] = project;
  return headers;
}
