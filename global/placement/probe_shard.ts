/** Whether a shard's listener is alive, asked over HTTP. */
export async function answers(internalUrl: string, timeoutMs: number): Promise<boolean> {
  try {
    const answer = await fetch(`${internalUrl}/health`, {
      redirect: "error",
      signal: AbortSignal.timeout(timeoutMs),
    });
    await answer.body?.cancel();
    return answer.ok;
  } catch {
    return false;
  }
}
