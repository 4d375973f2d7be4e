import type { Kysely } from "kysely";
import type { z } from "zod";
import type { KeyStore } from "../keys/change_keys.ts";
import type { AuditEntry, OnChange } from "../store/audit_entry.ts";
import type { Tables } from "../store/schema.ts";
import type { Arguments } from "./arguments.ts";
import { UsageError } from "./arguments.ts";

/** What the commands work on: the tables themselves, whether AC runs or not. */
export interface Workplace extends KeyStore {
  /** The address of the web page, without a slash at its end. */
  readonly pageUrl: string;
  /** Puts on record what the operator changes, in the transaction of that. */
  recordWithin(queries: Kysely<Tables>, ...entries: readonly OperatorsEntry[]): Promise<void>;
}

/** What the operator changes. */
export type OperatorsEntry = Pick<AuditEntry, "type" | "subject" | "details"> & { organization_id?: string };

/** What puts one change of the operator's on record, in its transaction. */
export function recorded(place: Workplace, entry: OperatorsEntry): OnChange {
  return (queries) => place.recordWithin(queries, entry);
}

/** What a command answers: rows for a table, or one thing. */
export type Answer = readonly Record<string, unknown>[] | Record<string, unknown>;

/** One command of the operator's, by its words. */
export interface Command {
  /** As it is written: `client create --type TYPE --scope SCOPES`. */
  readonly usage: string;
  /** What it does, for `--help`. */
  readonly summary: string;
  run(workplace: Workplace, given: Given): Promise<Answer>;
}

/** The rest of a command line after the command's own words. */
export class Given {
  readonly #words: readonly string[];
  readonly #options: Arguments["options"];

  constructor(words: readonly string[], options: Arguments["options"]) {
    this.#words = words;
    this.#options = options;
  }

  /** The word at `index`. @throws {UsageError} if it isn't there */
  word(index: number, name: string): string {
    const word = this.#words[index];
    if (word === undefined) throw new UsageError(`${name} is missing`);
    return word;
  }

  has(name: string): boolean {
    return this.#options.has(name);
  }

  /** An option's value as a schema wants it, or `undefined`. @throws {UsageError} if it doesn't fit */
  optional<T>(name: string, schema: z.ZodType<T>): T | undefined {
    const value = this.#options.get(name);
    if (value === undefined) return undefined;
    const parsed = schema.safeParse(value);
    if (parsed.success) return parsed.data;
    throw new UsageError(`--${name} is "${value}": ${parsed.error.issues[0]?.message ?? "does not fit"}`);
  }

  /** @throws {UsageError} if it isn't there or doesn't fit */
  required<T>(name: string, schema: z.ZodType<T>): T {
    const value = this.optional(name, schema);
    if (value === undefined) throw new UsageError(`--${name} is missing`);
    return value;
  }
}
