import {
  createContext,
  type ReactNode,
  type RefObject,
  useCallback,
  useContext,
  useLayoutEffect,
  useRef,
  useState,
} from 'react';
import { cx } from '@/lib/cx';

const ScrollContext = createContext<HTMLElement | null>(null);

/** A scrolling pane; virtual lists anywhere inside it ride on its scroll bar. */
export function Scroll({
  children,
  className,
  name,
}: {
  children: ReactNode;
  className?: string;
  name: string;
}) {
  const [element, setElement] = useState<HTMLElement | null>(null);
  return (
    <section
      ref={setElement}
      aria-label={name}
      // biome-ignore lint/a11y/noNoninteractiveTabindex: what scrolls must be reachable by keyboard
      tabIndex={0}
      className={cx('min-h-0 overflow-x-hidden overflow-y-auto', className)}
    >
      <ScrollContext value={element}>{children}</ScrollContext>
    </section>
  );
}

/** The pane around, and how far below its top this list begins. */
export function useScroll(list: RefObject<HTMLElement | null>): {
  element: HTMLElement | null;
  margin: number;
} {
  const element = useContext(ScrollContext);
  const [margin, setMargin] = useState(0);
  const last = useRef(0);
  const measure = useCallback(() => {
    if (!element || !list.current) return;
    const top =
      list.current.getBoundingClientRect().top - element.getBoundingClientRect().top + element.scrollTop;
    if (Math.abs(top - last.current) < 0.5) return;
    last.current = top;
    setMargin(top);
  }, [element, list]);
  useLayoutEffect(() => {
    measure();
    if (!element) return;
    // Whatever stands above may grow: a text unfolds, an explanation arrives.
    const observer = new ResizeObserver(measure);
    for (let up: Element | null | undefined = list.current; up && up !== element; up = up.parentElement) {
      observer.observe(up);
      for (let before = up.previousElementSibling; before; before = before.previousElementSibling) {
        observer.observe(before);
      }
    }
    return () => observer.disconnect();
  }, [element, list, measure]);
  return { element, margin };
}
