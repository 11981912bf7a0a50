import {
  Activity,
  Boxes,
  CircleDollarSign,
  EyeOff,
  Gauge,
  History,
  KeyRound,
  type LucideIcon,
  ReceiptText,
  Server,
  Sparkles,
  Timer,
  UserRound,
  Users,
  Webhook,
} from 'lucide-react';
import { type ComponentType, type LazyExoticComponent, lazy } from 'react';
import type { Session } from '@/api/types';
import { mayChange } from './may';

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
  /** It needs more width than a text does. */
  wide?: boolean;
}

/** A key that only sends sees nothing of a project. */
function mayLook({ role, scope }: Session): boolean {
  return role ? role !== 'none' : scope !== 'ingest';
}

/**
 * All of them, in the order of the list: a new page is a line here and a file
 * beside it. A page draws its own title with `SectionHead` and is never wider
 * than its frame, which scrolls.
 */
export const SECTIONS: readonly Section[] = [
  {
    id: 'keys',
    label: 'API keys',
    icon: KeyRound,
    group: 'Project',
    offered: mayChange,
    wide: true,
    page: lazy(async () => ({ default: (await import('./KeysPage')).KeysPage })),
  },
  {
    id: 'limits',
    label: 'Limits',
    icon: Gauge,
    group: 'Project',
    offered: mayLook,
    page: lazy(async () => ({ default: (await import('./LimitsPage')).LimitsPage })),
  },
  {
    id: 'ingest',
    label: 'Ingest',
    icon: Activity,
    group: 'Project',
    offered: mayChange,
    wide: true,
    page: lazy(async () => ({ default: (await import('./IngestPage')).IngestPage })),
  },
  {
    id: 'explanations',
    label: 'Explanations',
    icon: Sparkles,
    group: 'Project',
    offered: mayLook,
    page: lazy(async () => ({ default: (await import('./PolicyPage')).PolicyPage })),
  },
  {
    id: 'spend',
    label: 'Model spend',
    icon: ReceiptText,
    group: 'Project',
    offered: mayLook,
    wide: true,
    page: lazy(async () => ({ default: (await import('./SpendPage')).SpendPage })),
  },
  {
    id: 'prices',
    label: 'Prices',
    icon: CircleDollarSign,
    group: 'Project',
    offered: mayLook,
    wide: true,
    page: lazy(async () => ({ default: (await import('./PricesPage')).PricesPage })),
  },
  {
    id: 'masking',
    label: 'Masking',
    icon: EyeOff,
    group: 'Project',
    offered: mayLook,
    wide: true,
    page: lazy(async () => ({ default: (await import('./MaskingPage')).MaskingPage })),
  },
  {
    id: 'retention',
    label: 'Retention',
    icon: Timer,
    group: 'Project',
    offered: mayLook,
    page: lazy(async () => ({ default: (await import('./RetentionPage')).RetentionPage })),
  },
  {
    id: 'webhooks',
    label: 'Webhooks',
    icon: Webhook,
    group: 'Project',
    offered: mayChange,
    page: lazy(async () => ({ default: (await import('./WebhooksPage')).WebhooksPage })),
  },
  {
    id: 'audit',
    label: 'Audit log',
    icon: History,
    group: 'Project',
    offered: mayChange,
    wide: true,
    page: lazy(async () => ({ default: (await import('./AuditPage')).AuditPage })),
  },
  {
    id: 'projects',
    label: 'Projects',
    icon: Boxes,
    group: 'Organisation',
    offered: (s) => s.organisationRole === 'owner' || s.organisationRole === 'admin',
    page: lazy(async () => ({ default: (await import('./ProjectsPage')).ProjectsPage })),
  },
  {
    id: 'members',
    label: 'Members',
    icon: Users,
    group: 'Organisation',
    offered: (s) => !s.local && ['owner', 'admin', 'member'].includes(s.organisationRole ?? ''),
    page: lazy(async () => ({ default: (await import('./MembersPage')).MembersPage })),
  },
  {
    id: 'account',
    label: 'Your account',
    icon: UserRound,
    group: 'You',
    offered: (s) => s.user !== undefined,
    page: lazy(async () => ({ default: (await import('./AccountPage')).AccountPage })),
  },
  {
    id: 'server',
    label: 'This server',
    icon: Server,
    group: 'Server',
    offered: () => true,
    page: lazy(async () => ({ default: (await import('./ServerPage')).ServerPage })),
  },
];
