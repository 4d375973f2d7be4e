import { isIP } from "node:net";
import { hasScope } from "./authenticate.ts";
import type { Incoming } from "../http/route.ts";
import type { TokenVerifier } from "./token_verifier.ts";

/** The scope with which a gateway may name the client that it asks for. */
export const FORWARD_ADDRESS_SCOPE = "service.forward-address.ac";

const ADDRESS_HEADER = "dt-client-address";
const HOST_HEADER = "dt-client-host";
const TOKEN_HEADER = "dt-gateway-token";

/** The client that a request is from: the one that a gateway names, or the peer of the connection. */
export interface RealClient {
  readonly address: string;
  /** The host name that the client used, or empty. */
  readonly host: string;
}

/** A client as a gateway names it; without a host where its request is none that is passed on. */
export type NamedClient = Pick<RealClient, "address"> & Partial<Pick<RealClient, "host">>;

/** The headers by which a gateway names its client, with the gateway's service token as proof. */
export function forwardedClientHeaders(
  { address, host }: NamedClient,
  gatewayToken: string,
): Record<string, string> {
  return {
    [ADDRESS_HEADER]: address,
    ...(host === undefined ? {} : { [HOST_HEADER]: host }),
    [TOKEN_HEADER]: gatewayToken,
  };
}

/** Takes the headers above out of a request that a gateway passes on: only the gateway itself may set them. */
export function withoutForwardedClient(headers: Headers): Headers {
  const rest = new Headers(headers);
  for (const name of [ADDRESS_HEADER, HOST_HEADER, TOKEN_HEADER]) rest.delete(name);
  return rest;
}

/** The client that a request is from. The gateway's headers count only with its valid token of the right scope. */
export async function realClient(verifier: TokenVerifier, incoming: Incoming): Promise<RealClient> {
  const { headers } = incoming.request;
  const token = headers.get(TOKEN_HEADER);
  const address = token === null ? null : headers.get(ADDRESS_HEADER);
  if (token === null || address === null || isIP(address) === 0) return direct(incoming);
  const gateway = await verifier.service(token);
  if (!gateway.ok || !hasScope(gateway.claims, FORWARD_ADDRESS_SCOPE)) return direct(incoming);
  return { address, host: headers.get(HOST_HEADER) ?? "" };
}

function direct({ request, clientAddress, url }: Incoming): RealClient {
  return {
    address: clientAddress,
    // A getter, because few routes read it.
    get host() {
      return request.headers.get("host") ?? url.host;
    },
  };
}
