import { createPrivateKey, X509Certificate } from "node:crypto";
import { StartError } from "../service/start_error.ts";

/** A certificate chain and its private key, PEM. */
export interface Certificate {
  readonly cert: string;
  readonly key: string;
}

export function isSame(one: Certificate, other: Certificate): boolean {
  return one.cert === other.cert && one.key === other.key;
}

/** The files of a certificate: `DT_TLS_CERT_FILE` and `DT_TLS_KEY_FILE`. */
export interface CertificateFiles {
  readonly tlsCertFile: string | undefined;
  readonly tlsKeyFile: string | undefined;
}

/**
 * The certificate and key of a listener; undefined for one without TLS.
 *
 * @throws {StartError} if only one of the two files is named, one can't be read, or they don't belong together
 */
export async function readCertificate(
  { tlsCertFile, tlsKeyFile }: CertificateFiles,
): Promise<Certificate | undefined> {
  if (tlsCertFile === undefined && tlsKeyFile === undefined) return undefined;
  if (tlsCertFile === undefined || tlsKeyFile === undefined) {
    throw new StartError("DT_TLS_CERT_FILE and DT_TLS_KEY_FILE are only of use together");
  }
  const [cert, key] = await Promise.all([
    read("DT_TLS_CERT_FILE", tlsCertFile),
    read("DT_TLS_KEY_FILE", tlsKeyFile),
  ]);
  if (!belongTogether(cert, key)) {
    throw new StartError(
      `DT_TLS_CERT_FILE is "${tlsCertFile}" and DT_TLS_KEY_FILE "${tlsKeyFile}"; ` +
        "they must be a certificate and its private key, in PEM",
    );
  }
  return { cert, key };
}

async function read(name: string, path: string): Promise<string> {
  try {
    return await Deno.readTextFile(path);
  } catch (cause) {
    throw new StartError(`${name} is "${path}", which can't be read`, { cause });
  }
}

/** Whether a server can use the two. */
export function belongTogether(cert: string, key: string): boolean {
  try {
    return new X509Certificate(cert).checkPrivateKey(createPrivateKey(key));
  } catch {
    return false;
  }
}
