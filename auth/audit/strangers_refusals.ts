import { addressKey } from "../../shared/limits/address_key.ts";
import type { AuditEntry } from "../store/audit_entry.ts";

/** So many refusals of a period are kept in full: of one address, and of all. */
const IN_FULL = 5;
const IN_FULL_OF_ALL = 100;
/** So many addresses are told apart. */
const ADDRESSES = 100;
/** Stands for all further ones. */
const OTHERS = "others";

/** Where refusals come from, and how many of them are counted alone, by their reasons. */
interface Source {
  readonly type: AuditEntry["type"];
  readonly address: string;
  inFull: number;
  readonly counts: Map<string, number>;
}

/** Whether something was refused to somebody who isn't known: anybody can cause it, as often as they like. */
export function isStrangersRefusal({ subject, result }: AuditEntry): boolean {
  return subject === "unknown" && result !== "ok";
}

/**
 * Bounds what strangers put on record in a period, so that they fill no disk: the first refusals of an address are kept
 * in full, all others are counted. Of a flood from many addresses the first ones are told apart.
 */
export class StrangersRefusals {
  readonly #sources = new Map<string, Source>();
  #inFull = 0;

  get isEmpty(): boolean {
    return this.#sources.size === 0;
  }

  /** Whether this one is kept in full; otherwise it is counted. */
  isKept({ type, address, result }: AuditEntry): boolean {
    const source = this.#sourceOf(type, addressKey(address));
    if (source.inFull < IN_FULL && this.#inFull < IN_FULL_OF_ALL) {
      source.inFull++;
      this.#inFull++;
      return true;
    }
    source.counts.set(result, (source.counts.get(result) ?? 0) + 1);
    return false;
  }

  /** Ends the period: an entry for each source that has more than what was kept in full. */
  end(): AuditEntry[] {
    const counted = [...this.#sources.values()].filter(({ counts }) => counts.size > 0);
    this.#sources.clear();
    this.#inFull = 0;
    return counted.map(({ type, address, counts }) => ({
      type,
      actor: "unknown",
      subject: "unknown",
      organization_id: null,
      address,
      result: "repeated",
      details: Object.fromEntries(counts),
    }));
  }

  #sourceOf(type: AuditEntry["type"], address: string): Source {
    const key = `${type} ${address}`;
    const known = this.#sources.get(key);
    if (known !== undefined) return known;
    if (this.#sources.size >= ADDRESSES && address !== OTHERS) return this.#sourceOf(type, OTHERS);
    const source: Source = { type, address, inFull: 0, counts: new Map() };
    this.#sources.set(key, source);
    return source;
  }
}
