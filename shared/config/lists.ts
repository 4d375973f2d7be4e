import { addressSet } from "../http/address_set.ts";
import type { Field, FieldOptions } from "./field.ts";
import { list } from "./list.ts";
import { originShape, parseOrigin } from "./url.ts";

type ListOptions = FieldOptions<readonly string[]>;

/** A setting that is a list of origins, in their canonical form. */
export function origins(name: string, options: ListOptions): Field<readonly string[]> {
  const item = `origins: ${originShape}`;
  return list(name, { ...options, item, parse: parseOrigin });
}

/** A setting that is a list of IP addresses and networks. */
export function networks(name: string, options: ListOptions): Field<readonly string[]> {
  const item = "IP addresses and networks such as 10.0.0.0/8";
  return list(name, { ...options, item, parse: (entry) => isNetwork(entry) ? entry : undefined });
}

function isNetwork(entry: string): boolean {
  try {
    addressSet([entry]);
    return true;
  } catch {
    return false;
  }
}
