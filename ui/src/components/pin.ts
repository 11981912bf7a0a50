import { createContext } from 'react';

/** Keeps the value at a pointer as a column of the list; undefined where that makes no sense. */
export const PinContext = createContext<((pointer: string) => void) | undefined>(undefined);
