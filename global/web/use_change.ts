import { useEffect, useRef } from "preact/hooks";

/** Runs when a value is another one than at the render before; not at the first. */
export function useChange<T>(value: T, run: (before: T) => void): void {
  const known = useRef(value);
  useEffect(() => {
    const before = known.current;
    known.current = value;
    if (!Object.is(before, value)) run(before);
  }, [value]);
}
