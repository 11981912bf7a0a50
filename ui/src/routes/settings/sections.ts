import { type LucideIcon, Server } from 'lucide-react';
import { type ComponentType, type LazyExoticComponent, lazy } from 'react';
import type { Session } from '@/api/types';

/** One page of the settings. */
export interface Section {
  /** In the address: /settings/server. */
  id: string;
  label: string;
  icon: LucideIcon;
  /** The heading under which the list of sections shows it. */
  group: 'Project' | 'Organisation' | 'You' | 'Server';
  /** Whether this caller may see it, on this server. */
  offered: (session: Session) => boolean;
  page: LazyExoticComponent<ComponentType>;
}

/**
 * All of them, in the order of the list: a new page is a line here and a file
 * beside it. A page draws its own title with `SectionHead` and is never wider
 * than its frame, which scrolls.
 */
export const SECTIONS: readonly Section[] = [
  {
    id: 'server',
    label: 'This server',
    icon: Server,
    group: 'Server',
    offered: () => true,
    page: lazy(async () => ({ default: (await import('./ServerPage')).ServerPage })),
  },
];
