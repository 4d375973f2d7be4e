import { z } from "zod";
import { roleList } from "../../shared/protocol/mod.ts";

/** `member,admin`, as options have it. */
export const roles = z.string().transform((text) => text.split(",")).pipe(roleList);

/** A whole number within bounds, as options have it. */
export function wholeNumber(min: number, max: number) {
  return z.string().refine(
    (text) => /^\d+$/.test(text) && Number(text) >= min && Number(text) <= max,
    `must be a whole number from ${min} to ${max}`,
  ).transform(Number);
}
