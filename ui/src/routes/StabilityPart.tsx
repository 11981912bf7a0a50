import type { UseQueryResult } from '@tanstack/react-query';
import { Link } from '@tanstack/react-router';
import type { Stability } from '@/api/types';
import { Section } from '@/components/Section';
import { Skeleton } from '@/components/Skeleton';
import { Ignored } from '@/features/compare/Ignored';
import { StabilityList } from '@/features/pipelines/StabilityList';
import { useIgnored } from './useIgnored';

/** How stable the steps are, and what their comparison leaves out. */
export function StabilityPart({ name, stability }: { name: string; stability: UseQueryResult<Stability> }) {
  const ignored = useIgnored(name);
  return (
    <Section
      title="Stability"
      id="stability"
      boxed
      note="The same input, another output?"
      action={
        <Ignored
          name={name}
          noise={[]}
          saved={ignored.paths}
          onSave={ignored.save}
          saveLabel="Save"
          error={ignored.error}
        />
      }
    >
      {stability.data ? (
        <StabilityList
          stability={stability.data}
          example={({ example: [a, b] }, children) =>
            a &&
            b && (
              <Link
                to="/compare"
                search={{ a: a.executionId, b: b.executionId }}
                className="text-accent hover:underline"
              >
                {children}
              </Link>
            )
          }
        />
      ) : stability.isError ? (
        <p className="text-sm text-ink-2">{stability.error.message}</p>
      ) : (
        <Skeleton lines={4} />
      )}
    </Section>
  );
}
