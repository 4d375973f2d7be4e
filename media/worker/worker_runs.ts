/** The exit status of a mediasoup worker that finds no version in its environment, and so no parent. */
const NO_PARENT_STATUS = 41;

/** Whether the file is a mediasoup worker that runs on this machine. It is run with an empty environment. */
export async function workerRuns(file: string): Promise<boolean> {
  try {
    const { code } = await new Deno.Command(file, {
      clearEnv: true,
      stdin: "null",
      stdout: "null",
      stderr: "null",
    }).output();
    return code === NO_PARENT_STATUS;
  } catch {
    return false;
  }
}
