import type { MaskingPreset } from '@/api/types';
import { Check } from '@/components/form/inputs';
import { PRESETS } from './rules';

/** What is masked besides before a model sees anything. */
export function ModelSide({
  presets,
  structureOnly,
  onPresets,
  onStructureOnly,
}: {
  presets: readonly MaskingPreset[];
  structureOnly: boolean;
  onPresets: (presets: MaskingPreset[]) => void;
  onStructureOnly: (on: boolean) => void;
}) {
  return (
    <div className="rounded-lg border border-line bg-surface p-3">
      <Check
        label="Structure only"
        hint="A model sees shapes, counts, numbers and names of fields, and no text at all."
        checked={structureOnly}
        onChange={(e) => onStructureOnly(e.target.checked)}
      />
      <fieldset className="mt-3 border-t border-line pt-3">
        <legend className="sr-only">Masked for models</legend>
        <div className="grid grid-cols-2 gap-2 max-sm:grid-cols-1">
          {PRESETS.map(({ value, label, hint }) => (
            <Check
              key={value}
              label={label}
              hint={hint}
              checked={structureOnly || presets.includes(value)}
              disabled={structureOnly}
              onChange={(e) =>
                onPresets(
                  PRESETS.map((preset) => preset.value).filter((preset) =>
                    preset === value ? e.target.checked : presets.includes(preset),
                  ),
                )
              }
            />
          ))}
        </div>
      </fieldset>
    </div>
  );
}
