import { ListFilter } from 'lucide-react';
import { useState } from 'react';
import type { FacetList } from '@/api/types';
import { Button } from '@/components/Button';
import { Scroll } from '@/components/Scroll';
import { Sheet } from '@/components/Sheet';
import { Facets } from '@/features/search/Facets';
import { cx } from '@/lib/cx';

const FOLDED = 'xray.facets.folded';

interface Props {
  list: FacetList | undefined;
  onQuery: (q: string) => void;
  onMore: (field: string) => void;
}

/** The facets beside the list, where there is room for them. */
export function ListFacets({ list, onQuery, onMore, narrow }: Props & { narrow: boolean }) {
  const [folded, fold] = useFolded();
  return (
    <Scroll
      name="Facets"
      className={cx(
        'w-[212px] shrink-0 border-r border-line bg-surface max-lg:hidden',
        narrow && 'max-[1599px]:hidden',
      )}
    >
      {list && <Facets list={list} folded={folded} onFold={fold} onQuery={onQuery} onMore={onMore} />}
    </Scroll>
  );
}

/** The same behind a button, where there is none. */
export function FacetSheet({ list, onQuery, onMore }: Props) {
  const [open, setOpen] = useState(false);
  const [folded, fold] = useFolded();
  return (
    <span className="lg:hidden">
      <Button look="quiet" aria-label="Facets" onClick={() => setOpen(true)}>
        <ListFilter size={14} aria-hidden />
      </Button>
      <Sheet title="Facets" open={open} onClose={() => setOpen(false)}>
        {list && (
          <Facets
            list={list}
            folded={folded}
            onFold={fold}
            onQuery={onQuery}
            onMore={(field) => {
              setOpen(false);
              onMore(field);
            }}
          />
        )}
      </Sheet>
    </span>
  );
}

/** Which facets are shut, in this browser. */
function useFolded(): [ReadonlySet<string>, (field: string, shut: boolean) => void] {
  const [folded, setFolded] = useState<ReadonlySet<string>>(stored);
  const fold = (field: string, shut: boolean): void => {
    if (folded.has(field) === shut) return;
    const next = new Set(folded);
    if (shut) next.add(field);
    else next.delete(field);
    setFolded(next);
    try {
      localStorage.setItem(FOLDED, [...next].join(' '));
    } catch {
      // it then holds until the page is closed
    }
  };
  return [folded, fold];
}

function stored(): ReadonlySet<string> {
  try {
    return new Set((localStorage.getItem(FOLDED) ?? 'user release environment').split(' ').filter(Boolean));
  } catch {
    return new Set();
  }
}
