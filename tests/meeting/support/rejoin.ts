import { Client } from "./client.ts";

/** Tries to resume until the shard is up again. */
export async function rejoin(
  url: string,
  token: string,
  resume: { correlation_id: string; binding_token: string },
) {
  const { correlation_id, binding_token } = resume;
  while (true) {
    const client = new Client(url, token);
    const answer = await client.request("join", { resume: { correlation_id, binding_token } });
    if (answer.ok) return { client, answer: answer.value };
    client[Symbol.dispose]();
  }
}
