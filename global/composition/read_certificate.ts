import { StartError } from "../../shared/service/mod.ts";
import type { GlobalSettings } from "../settings.ts";

/**
 * The certificate and key of the listener; undefined for plain HTTP.
 *
 * @throws {StartError} if only one of the two files is named, or one can't be read
 */
export async function readCertificate({ tlsCertFile, tlsKeyFile }: GlobalSettings) {
  if (tlsCertFile === undefined && tlsKeyFile === undefined) return undefined;
  if (tlsCertFile === undefined || tlsKeyFile === undefined) {
    throw new StartError("DT_TLS_CERT_FILE and DT_TLS_KEY_FILE are only of use together");
  }
  const [cert, key] = await Promise.all([
    read("DT_TLS_CERT_FILE", tlsCertFile),
    read("DT_TLS_KEY_FILE", tlsKeyFile),
  ]);
  return { cert, key };
}

async function read(name: string, path: string): Promise<string> {
  try {
    return await Deno.readTextFile(path);
  } catch (cause) {
    throw new StartError(`${name} is "${path}", which can't be read`, { cause });
  }
}
