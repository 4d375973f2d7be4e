/** The status with which a mediasoup worker ends that finds no version in its environment, and so no parent. */
const NO_PARENT_STATUS = 41;

/** Whether the file is a mediasoup worker that loads on this machine: run with an empty environment it says that it has no parent. */
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
