/** Where connections by TLS go on whose handshake is done: a Unix socket in a process's own folder. */
export function innerSocket({ folder, port }: { readonly folder: string; readonly port: number }): string {
  return `${folder}/tls-${port}.sock`;
}
