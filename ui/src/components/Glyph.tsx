import {
  Binary,
  Bot,
  Brackets,
  Database,
  Gauge,
  Globe,
  Link2,
  ListOrdered,
  type LucideIcon,
  MailQuestion,
  MemoryStick,
  Search,
  Shield,
  Sparkles,
  SquareFunction,
  TextQuote,
  Waypoints,
  Wrench,
} from 'lucide-react';

const GLYPHS: Record<string, LucideIcon> = {
  llm: Sparkles,
  embedding: Binary,
  retriever: Search,
  reranker: ListOrdered,
  tool: Wrench,
  agent: Bot,
  chain: Link2,
  guardrail: Shield,
  evaluator: Gauge,
  prompt: TextQuote,
  parser: Brackets,
  memory: MemoryStick,
  http: Globe,
  db: Database,
  rpc: Waypoints,
  messaging: MailQuestion,
  function: SquareFunction,
};

/** The sign of a kind, in the hue of its family. */
export function Glyph({ kind, size = 14, label }: { kind: string; size?: number; label?: string }) {
  const Icon = GLYPHS[kind];
  const drawn = Icon ? <Icon size={size} strokeWidth={2} aria-hidden /> : <Dot size={size} />;
  return (
    <span data-kind={kind} className="inline-flex shrink-0 text-kind" title={label}>
      {drawn}
      {label && <span className="sr-only">{label}</span>}
    </span>
  );
}

function Dot({ size }: { size: number }) {
  return (
    <svg width={size} height={size} viewBox="0 0 14 14" aria-hidden="true">
      <circle cx="7" cy="7" r="2.6" fill="none" stroke="currentColor" strokeWidth="2" />
    </svg>
  );
}
