import { readdir } from 'node:fs/promises';
import { runTool } from './run-tool.ts';

/** Where `ip netns` keeps its names. */
const NAMED_NAMESPACES = '/run/netns';
const NAME = /^consilium-(\d+)-\d+-(?:hub|p\d+)$/;

let labs = 0;

/** The names of a new lab's namespaces. They hold the process's id, so that what a crash leaves behind can be told from what is in use. */
export function nameNamespaces(peers: number): { hub: string; peers: string[] } {
  const prefix = `consilium-${process.pid}-${labs++}`;
  return { hub: `${prefix}-hub`, peers: Array.from({ length: peers }, (_, i) => `${prefix}-p${i}`) };
}

/** Removes the namespaces of labs whose process is gone. @returns their names */
export async function sweepNamespaces(): Promise<string[]> {
  const left = (await namespaces()).filter((name) => {
    const pid = Number(NAME.exec(name)?.[1] ?? process.pid);
    return !isRunning(pid);
  });
  await removeNamespaces(left);
  return left;
}

export async function removeNamespaces(names: readonly string[]): Promise<void> {
  await runTool(
    'ip',
    ['-force', '-batch', '-'],
    names.map((name) => `netns del ${name}`),
  ).catch(() => {}); // whoever sweeps at the same time may have been faster
}

async function namespaces(): Promise<string[]> {
  return readdir(NAMED_NAMESPACES).catch(() => []);
}

function isRunning(pid: number): boolean {
  try {
    process.kill(pid, 0);
    return true;
  } catch (error) {
    return (error as NodeJS.ErrnoException).code === 'EPERM';
  }
}
