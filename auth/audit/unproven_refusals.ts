import { addressKey } from "../../shared/limits/address_key.ts";
import type { AuditEntry } from "../store/audit_entry.ts";

/** Refusals a minute that are kept in full: per address and subject, and in total. */
const IN_FULL = 5;
const IN_FULL_OF_ALL = 100;
/** So many sources are told apart. */
const SOURCES = 100;
/** Stands for all further ones. */
const OTHERS = "others";

/** Where refusals come from and whom they name, and how many of them are counted alone, by their reasons. */
interface Source extends Pick<AuditEntry, "type" | "actor" | "subject" | "organization_id" | "address"> {
  inFull: number;
  readonly counts: Map<string, number>;
}

const UNKNOWN = "unknown";
/** Why a client's token is refused before it has proved by its secret who it is. */
const BEFORE_PROOF: ReadonlySet<string> = new Set(["wrong_secret", "disabled"]);

/** Whether something was refused to somebody who hasn't proved who they are: anybody can cause it, as often as they like. */
export function isUnprovenRefusal({ type, actor, subject, result }: AuditEntry): boolean {
  if (result === "ok") return false;
  const isClients = type === "token_refused" && actor === subject && BEFORE_PROOF.has(result);
  return subject === UNKNOWN || type === "login" || isClients;
}

/**
 * Bounds what those who haven't proved who they are put on record in a period, so that they fill no disk: the first refusals
 * of an address and a subject are kept in full, all others are counted. Of a flood from many the first ones are told apart.
 * Names that nobody has don't use up what is kept in full of those that somebody has.
 */
export class UnprovenRefusals {
  readonly #unknown = new SourceCounts();
  readonly #known = new SourceCounts();

  get isEmpty(): boolean {
    return this.#unknown.isEmpty && this.#known.isEmpty;
  }

  /** Whether this one is kept in full; otherwise it is counted. */
  isKept(entry: AuditEntry): boolean {
    return (entry.subject === UNKNOWN ? this.#unknown : this.#known).isKept(entry);
  }

  /** Ends the period: an entry for each source that has more than what was kept in full. */
  end(): AuditEntry[] {
    return [...this.#unknown.end(), ...this.#known.end()];
  }
}

class SourceCounts {
  readonly #sources = new Map<string, Source>();
  #inFull = 0;

  get isEmpty(): boolean {
    return this.#sources.size === 0;
  }

  isKept({ result, ...entry }: AuditEntry): boolean {
    const source = this.#sourceOf({ ...entry, address: addressKey(entry.address) });
    if (source.inFull < IN_FULL && this.#inFull < IN_FULL_OF_ALL) {
      source.inFull++;
      this.#inFull++;
      return true;
    }
    source.counts.set(result, (source.counts.get(result) ?? 0) + 1);
    return false;
  }

  end(): AuditEntry[] {
    const counted = [...this.#sources.values()].filter(({ counts }) => counts.size > 0);
    this.#sources.clear();
    this.#inFull = 0;
    return counted.map(({ inFull: _, counts, ...source }) => ({
      ...source,
      result: "repeated",
      details: Object.fromEntries(counts),
    }));
  }

  #sourceOf({ type, actor, subject, organization_id, address }: Omit<AuditEntry, "result">): Source {
    const key = JSON.stringify([type, address, subject]);
    const known = this.#sources.get(key);
    if (known !== undefined) return known;
    if (this.#sources.size >= SOURCES && address !== OTHERS) {
      const others = { type, actor: UNKNOWN, subject: UNKNOWN, organization_id: null, address: OTHERS };
      return this.#sourceOf(others);
    }
    const source: Source = { type, actor, subject, organization_id, address, inFull: 0, counts: new Map() };
    this.#sources.set(key, source);
    return source;
  }
}
