import { useMutation, useQuery, useQueryClient } from '@tanstack/react-query';
import { Plus, Search } from 'lucide-react';
import { useState } from 'react';
import { ApiError } from '@/api/client';
import { pricesKey, pricesQuery, removePrice, setPrice } from '@/api/settings';
import type { ModelPrice, PriceList } from '@/api/types';
import { Button } from '@/components/Button';
import { Check, TextInput } from '@/components/form/inputs';
import { Notice } from '@/components/Notice';
import { Sheet } from '@/components/Sheet';
import { useSettled } from '@/components/useSettled';
import { PriceForm } from '@/features/prices/PriceForm';
import { PriceTable } from '@/features/prices/PriceTable';
import { grouped, plural } from '@/lib/format';
import { Loaded } from './Loaded';
import { LookOnly, useMayChange } from './LookOnly';
import { SectionHead } from './SectionHead';

const AT_FIRST = 50;
const MORE = 500;

export function PricesPage() {
  const may = useMayChange();
  const client = useQueryClient();
  const [text, setText] = useState('');
  const [own, setOwn] = useState(false);
  const [limit, setLimit] = useState(AT_FIRST);
  const [editing, setEditing] = useState<ModelPrice | 'new'>();
  const query = useQuery(pricesQuery(useSettled(text).trim(), own, limit));
  const [done, setDone] = useState<string>();
  const again = (said: string) => () => {
    setEditing(undefined);
    setDone(said);
    return client.invalidateQueries({ queryKey: pricesKey });
  };
  const saving = useMutation({ mutationFn: setPrice, onSuccess: again('The price is saved.') });
  const removing = useMutation({
    mutationFn: (price: ModelPrice) => removePrice(price.provider, price.model),
    onSuccess: again('The price is forgotten; what holds for everybody holds again.'),
  });
  const open = (price: ModelPrice | 'new'): void => {
    saving.reset();
    setDone(undefined);
    setEditing(price);
  };
  return (
    <>
      <SectionHead
        title="Prices"
        action={
          may && (
            <Button onClick={() => open('new')}>
              <Plus size={14} aria-hidden />
              Price of another model
            </Button>
          )
        }
      >
        What a model call costs where the client does not say: US dollars for a million tokens. Your own price
        goes before that of the server, and that before what came with X-Ray.
      </SectionHead>
      <LookOnly />
      <div className="mb-3 flex flex-wrap items-center gap-x-4 gap-y-2">
        <div className="relative min-w-56 flex-1">
          <Search size={14} aria-hidden className="absolute top-2.5 left-2.5 text-ink-3" />
          <TextInput
            type="search"
            aria-label="Search models"
            placeholder="Provider and model"
            value={text}
            onChange={(e) => {
              setText(e.target.value);
              setLimit(AT_FIRST);
            }}
            className="pl-8"
          />
        </div>
        <Check label="Only our own" checked={own} onChange={(e) => setOwn(e.target.checked)} />
      </div>
      <div aria-live="polite" className="text-sm">
        {done && <p className="mb-3 font-medium text-ok">{done}</p>}
      </div>
      {removing.error && (
        <Notice tone="error" className="mb-3">
          {removing.error.message}
        </Notice>
      )}
      <Loaded query={query}>
        {(list) => (
          <>
            {list.prices.length > 0 ? (
              <PriceTable
                prices={list.prices}
                today={new Date().toISOString().slice(0, 10)}
                onEdit={may ? open : undefined}
                onRemove={may ? (price) => removing.mutate(price) : undefined}
              />
            ) : (
              <p className="rounded-lg border border-dashed border-line-strong px-3 py-6 text-center text-sm text-ink-2">
                {own
                  ? 'This project has no price of its own.'
                  : 'No table knows such a model. Its calls have no cost.'}
              </p>
            )}
            <Foot list={list} onMore={limit < MORE ? () => setLimit(MORE) : undefined} />
          </>
        )}
      </Loaded>
      <Sheet
        title={editing === 'new' ? 'Price of another model' : 'Own price'}
        open={editing !== undefined}
        onClose={() => setEditing(undefined)}
      >
        <PriceForm
          price={editing === 'new' ? undefined : editing}
          saving={saving.isPending}
          error={
            saving.error
              ? {
                  message: saving.error.message,
                  field: saving.error instanceof ApiError ? saving.error.field : undefined,
                }
              : undefined
          }
          onSave={(price) => saving.mutate(price)}
          onCancel={() => setEditing(undefined)}
        />
      </Sheet>
    </>
  );
}

const TABLES = { project: 'yours', server: 'the server’s', built_in: 'built in' };

/** How much of the list is shown, and which tables it is made of. */
function Foot({ list, onMore }: { list: PriceList; onMore: (() => void) | undefined }) {
  const hidden = list.total - list.prices.length;
  return (
    <div className="mt-3 flex flex-wrap items-center gap-x-4 gap-y-2 text-xs text-ink-2">
      <span role="status">
        {hidden > 0
          ? `${grouped(list.prices.length)} of ${plural(list.total, 'model')}`
          : plural(list.total, 'model')}
        {hidden > 0 && !onMore && ': search to see others'}
      </span>
      {hidden > 0 && onMore && <Button onClick={onMore}>Show more</Button>}
      <span className="ml-auto">
        Tables: {list.tables.map((table) => `${TABLES[table.origin]} ${table.version}`).join(' · ')}
      </span>
    </div>
  );
}
