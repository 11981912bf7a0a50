import { Tag } from 'lucide-react';
import type { ReleaseSeen } from '@/api/types';
import { age, timestamp } from '@/lib/format';
import { quoted } from '@/lib/query';
import { type Found, ofPipeline } from './links';

/** The releases that came in the range, the newest first. */
export function Releases({
  name,
  releases,
  found: Found,
}: {
  name: string;
  releases: readonly ReleaseSeen[];
  found: Found;
}) {
  if (releases.length === 0) return null;
  return (
    <ul aria-label="Releases" className="flex flex-wrap items-center gap-x-4 gap-y-1 text-xs text-ink-2">
      {releases.toReversed().map((r) => (
        <li key={r.release} className="flex min-w-0 items-center gap-1.5">
          <Tag size={12} aria-hidden className="shrink-0 text-ink-3" />
          <Found q={ofPipeline(name, `release:${quoted(r.release)}`)} hint={`First seen ${timestamp(r.at)}`}>
            <bdi className="max-w-60 truncate font-medium">{r.release}</bdi>
          </Found>
          <span className="text-ink-3">{age(Date.parse(r.at), Date.now())}</span>
        </li>
      ))}
    </ul>
  );
}
