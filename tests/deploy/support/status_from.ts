import { get } from "node:https";

interface Asked {
  readonly url: string;
  /** The certificate to trust. */
  readonly ca: string;
  readonly headers?: Readonly<Record<string, string>>;
}

/**
 * The status of a GET on a connection of its own from `address`. Linux has all of 127.0.0.0/8 at loopback, so that one
 * machine has clients of several addresses. `fetch` can't choose the address it connects from.
 */
export function statusFrom(address: string, { url, ca, headers = {} }: Asked): Promise<number> {
  const { promise, resolve, reject } = Promise.withResolvers<number>();
  const options = { ca, headers, localAddress: address, family: 4, agent: false };
  get(url, options, (answer) => {
    answer.resume();
    answer.on("end", () => resolve(answer.statusCode ?? 0));
    answer.on("error", reject);
  }).on("error", reject);
  return promise;
}
