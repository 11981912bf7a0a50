import { cleanup, fireEvent, render } from '@testing-library/react';
import { afterEach, expect, test, vi } from 'vitest';
import { useHotkeys } from './useHotkeys';
import { useSequence } from './useSequence';

afterEach(cleanup);

function Page({ onPair, onKey }: { onPair: () => void; onKey: () => void }) {
  useHotkeys({ p: onKey });
  useSequence('g', { p: onPair });
  return <input aria-label="text" />;
}

function page() {
  const [onPair, onKey] = [vi.fn(), vi.fn()];
  const { getByLabelText } = render(<Page onPair={onPair} onKey={onKey} />);
  const press = (key: string, at: Element = document.body): void => void fireEvent.keyDown(at, { key });
  return { onPair, onKey, press, input: getByLabelText('text') };
}

test('the second key of a pair is not also the page’s own', () => {
  const { onPair, onKey, press } = page();
  press('g');
  press('p');
  expect(onPair).toHaveBeenCalledTimes(1);
  expect(onKey).not.toHaveBeenCalled();
});

test('a key without the first is the page’s own', () => {
  const { onPair, onKey, press } = page();
  press('p');
  expect(onPair).not.toHaveBeenCalled();
  expect(onKey).toHaveBeenCalledTimes(1);
});

test('another key between the two ends the pair', () => {
  const { onPair, press } = page();
  for (const key of ['g', 'x', 'p']) press(key);
  expect(onPair).not.toHaveBeenCalled();
});

test('typing in a field is text', () => {
  const { onPair, press, input } = page();
  press('g', input);
  press('p', input);
  expect(onPair).not.toHaveBeenCalled();
});
