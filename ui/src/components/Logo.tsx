/** The mark: one beam goes through, the other is stopped on its way. */
export function Logo({ size = 22 }: { size?: number }) {
  return (
    <svg width={size} height={size} viewBox="0 0 32 32" aria-hidden="true" className="shrink-0">
      <rect width="32" height="32" rx="8" className="fill-[#0d1620]" />
      <rect x="0.5" y="0.5" width="31" height="31" rx="7.5" fill="none" className="stroke-[#2b3d4b]" />
      <path d="M9 9l14 14" className="stroke-[#63e2ee]" strokeWidth="3.4" strokeLinecap="round" />
      <path
        d="M23 9l-4.2 4.2M13.2 18.8L9 23"
        className="stroke-[#e8f1f4]"
        strokeWidth="3.4"
        strokeLinecap="round"
      />
    </svg>
  );
}
