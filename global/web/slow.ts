/** Longer than it takes when all is well, and no longer than somebody looks at nothing but a spinner. */
export const SLOW_MS = 4_000;
