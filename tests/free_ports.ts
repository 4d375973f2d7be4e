/**
 * Ports for whoever must know a port before it is listened on; a server that can be asked for its port listens on 0.
 *
 * What was free a moment ago may be another test file's by now, and the system gives a port that was closed to the next
 * connection. So every isolate, that is every test file of every run on this machine, has a slice to itself, out of the
 * ports below those from which the system picks.
 */

const FIRST = 10_000;
const SLICE = 1_000;
const SLICES = 22;
const hostname = "127.0.0.1";

// Held open while this isolate lives, and from before its tests begin, to none of which it belongs.
const lock = claimSlice();
let next = 1;

/** The first of `count` ports in a row which nothing uses on loopback, neither by TCP nor by UDP. */
export function freePorts(count: number): number {
  for (let tried = 0; tried < 2 * SLICE; tried++) {
    if (next + count > SLICE) next = 1;
    const first = lock.addr.port + next;
    next += count;
    if (Array.from({ length: count }, (_, index) => first + index).every(isFree)) return first;
  }
  throw new Error(`There are no ${count} free ports from ${lock.addr.port} on`);
}

/** Who listens on the first port of a slice has all of it; whichever way that program ends, the slice is free again. */
function claimSlice(): Deno.TcpListener {
  const start = Math.floor(Math.random() * SLICES);
  for (let tried = 0; tried < SLICES; tried++) {
    try {
      return Deno.listen({ hostname, port: FIRST + (start + tried) % SLICES * SLICE });
    } catch (error) {
      if (!(error instanceof Deno.errors.AddrInUse)) throw error;
    }
  }
  throw new Error("Every slice of the ports for tests is taken");
}

function isFree(port: number): boolean {
  try {
    Deno.listen({ hostname, port }).close();
    Deno.listenDatagram({ hostname, port, transport: "udp" }).close();
    return true;
  } catch (error) {
    if (error instanceof Deno.errors.AddrInUse) return false;
    throw error;
  }
}
