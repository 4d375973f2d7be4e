import type { Parsed } from "../../config/parsed.ts";

/**
 * Writes both into one file: the certificate that `up` made and the authorities that its user trusts, since `DENO_CERT` names
 * one file.
 */
export async function writeTrustFile(
  { certFile, authorities, trustFile }: {
    readonly certFile: string;
    /** What the user's own `DENO_CERT` names. */
    readonly authorities: string;
    readonly trustFile: string;
  },
): Promise<Parsed<void>> {
  let theirs: string;
  try {
    theirs = await Deno.readTextFile(authorities);
  } catch (error) {
    const reason = error instanceof Error ? error.message : "unknown reason";
    return { ok: false, message: `DENO_CERT is "${authorities}", which can't be read: ${reason}` };
  }
  await Deno.writeTextFile(trustFile, `${await Deno.readTextFile(certFile)}\n${theirs}`);
  return { ok: true, value: undefined };
}
