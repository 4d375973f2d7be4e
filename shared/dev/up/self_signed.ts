import { X509Certificate } from "node:crypto";
import type { Parsed } from "../../config/parsed.ts";
import { belongTogether } from "../../tls/certificate.ts";
import type { CommandOptions, CommandResult } from "../run_command.ts";
import { readIfThere } from "./private_file.ts";

export interface TlsFiles {
  readonly certFile: string;
  readonly keyFile: string;
  /** What callers trust, where that is more than the certificate. */
  readonly trustFile?: string;
}

const DAYS = 397;
/** A certificate that ends sooner than this is made anew. */
const LEFT_MS = 30 * 86_400_000;

/** `trustsMore`: whether whoever starts `up` names authorities of their own. */
export function selfSignedFiles(dataDir: string, trustsMore: boolean): TlsFiles {
  const folder = `${dataDir}/tls`;
  return {
    certFile: `${folder}/certificate.pem`,
    keyFile: `${folder}/key.pem`,
    ...(trustsMore ? { trustFile: `${folder}/trusted.pem` } : {}),
  };
}

/**
 * Makes a self-signed certificate for these host names and addresses, unless there is one with its key. It is marked as no
 * authority: whoever trusts it trusts it alone.
 */
export async function prepareSelfSigned(
  { certFile, keyFile }: TlsFiles,
  hosts: readonly string[],
  { run, now }: {
    run(program: string, options: CommandOptions): Promise<CommandResult>;
    /** Milliseconds since the Unix epoch. */
    readonly now: number;
  },
): Promise<Parsed<void>> {
  const names = [...new Set(hosts)].map(alternativeName);
  const [there, key] = await Promise.all([readIfThere(certFile), readIfThere(keyFile)]);
  const isThere = there !== undefined && key !== undefined && belongTogether(there, key);
  if (isThere && isGood(there, names, now)) return { ok: true, value: undefined };
  await Deno.mkdir(certFile.slice(0, certFile.lastIndexOf("/")), { recursive: true, mode: 0o700 });
  const result = await run("openssl", {
    args: [
      ...["req", "-x509", "-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:prime256v1", "-nodes"],
      ...["-subj", "/CN=Dark Tower, self-signed", "-days", String(DAYS)],
      ...["-addext", `subjectAltName=${names.join(",")}`, "-addext", "basicConstraints=critical,CA:FALSE"],
      ...["-keyout", keyFile, "-out", certFile],
    ],
  });
  if (result.success) return { ok: true, value: undefined };
  const reason = result.code === 127
    ? "there is no openssl: apt-get install openssl"
    : result.lines.slice(-1).join("");
  return { ok: false, message: `could not make a certificate: ${reason}` };
}

function alternativeName(host: string): string {
  const bare = host.replace(/^\[|\]$/g, "");
  return /^[\d.]+$|:/.test(bare) ? `IP:${bare}` : `DNS:${bare}`;
}

function isGood(pem: string, names: readonly string[], now: number): boolean {
  const certificate = new X509Certificate(pem);
  const has = new Set(
    certificate.subjectAltName?.split(", ").map((name) => name.replace("IP Address:", "IP:")),
  );
  return Date.parse(certificate.validTo) - now > LEFT_MS && names.every((name) => has.has(name));
}
