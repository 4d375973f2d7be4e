import { say } from "../../../shared/dev/say.ts";

/** A bare `Deno.serve` that echoes each text frame: the peer of what a participant takes. Prints its port. */
const server = Deno.serve({
  hostname: "127.0.0.1",
  port: 0,
  onListen: ({ port }) => say(`${port}\n`),
}, (request) => {
  const { socket, response } = Deno.upgradeWebSocket(request);
  socket.onmessage = ({ data }) => socket.send(data);
  return response;
});
await server.finished;
