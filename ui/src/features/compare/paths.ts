import { formatPointer, parsePointer } from '@/lib/pointer';

/** The path that leaves out a value wherever it stands in an array: places become `*`. */
export function everywhere(pointer: string): string {
  const path = parsePointer(pointer) ?? [];
  return formatPointer(path.map((part) => (/^\d+$/.test(part) ? '*' : part)));
}
