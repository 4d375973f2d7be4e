import { connect } from "node:tls";
import { prepareSelfSigned, type TlsFiles } from "../../shared/dev/up/self_signed.ts";
import { runCommand } from "../../shared/dev/run_command.ts";

/** Makes a certificate for loopback in `folder`, or for other `hosts`. */
export async function makeCertificate(
  folder: string,
  hosts: readonly string[] = ["localhost", "127.0.0.1"],
): Promise<TlsFiles> {
  const files = { certFile: `${folder}/certificate.pem`, keyFile: `${folder}/key.pem` };
  const made = await prepareSelfSigned(files, hosts, { run: runCommand, now: Date.now() });
  if (!made.ok) throw new Error(made.message);
  return files;
}

/** The fingerprint of the certificate that a port serves with. */
export function servedCertificate(port: number): Promise<string> {
  const { promise, resolve, reject } = Promise.withResolvers<string>();
  const socket = connect({ host: "127.0.0.1", port, rejectUnauthorized: false }, () => {
    resolve(socket.getPeerCertificate().fingerprint256);
    socket.destroy();
  });
  socket.on("error", reject);
  return promise;
}
