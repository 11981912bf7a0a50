import type { Scene } from './server.mjs';

export function build(n: number, base: bigint, root: unknown, more?: object): Scene;
export function competitorSearch(n: number, base: bigint, more?: object): Scene;
export function ordinary(n: number, base: bigint, seed: number): Scene;
export function running(n: number, base: bigint): Scene;
export function big(n: number, base: bigint, count?: number): Scene;
export function broken(n: number, base: bigint): Scene;
