import { RotateCw } from 'lucide-react';
import { type ReactNode, useState } from 'react';
import { Button } from '@/components/Button';
import { Popup } from '@/components/Popup';

/** Asks for another explanation; where a model writes it, the price is said first. */
export function ExplainAgain({
  price,
  model,
  again,
  busy,
  onExplain,
}: {
  /** What it would cost, in words; drawn once somebody wants to know. */
  price: ReactNode;
  /** Who would explain; undefined where code alone does, which costs nothing. */
  model: string | undefined;
  again: boolean;
  busy: boolean;
  onExplain: () => void;
}) {
  const [open, setOpen] = useState(false);
  const trigger = (
    <Button
      look="quiet"
      className="h-7 px-2 text-xs"
      disabled={busy}
      {...(model ? {} : { onClick: onExplain })}
    >
      <RotateCw size={12} aria-hidden />
      {again ? 'Explain again' : 'Explain now'}
    </Button>
  );
  if (!model) return trigger;
  return (
    <Popup name="Price of an explanation" trigger={trigger} open={open} onOpenChange={setOpen}>
      <div className="flex w-72 flex-col gap-3 p-3 text-sm">
        <p>
          <bdi className="mono font-medium">{model}</bdi> will read what the facts point at. {price}
        </p>
        <div className="flex justify-end gap-2">
          <Button look="quiet" onClick={() => setOpen(false)}>
            Not now
          </Button>
          <Button
            look="main"
            onClick={() => {
              setOpen(false);
              onExplain();
            }}
          >
            Explain
          </Button>
        </div>
      </div>
    </Popup>
  );
}
