import { ChartSpline } from 'lucide-react';
import { Blank } from '@/components/Notice';

/** The pipelines: what runs here, how often, how well. */
export function PipelinesPage() {
  return <Blank icon={<ChartSpline size={30} aria-hidden />} title="Pipelines" />;
}
