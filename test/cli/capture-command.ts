import { vi } from 'vitest';
import { parseCommandLine } from '../../src/cli/command-line.ts';
import type { Command } from '../../src/cli/run-command.ts';

/** Runs a command in this process. @returns its exit code and what it printed @throws what it throws */
export async function captureCommand(command: Command, ...args: string[]): Promise<{ code: number; stdout: string }> {
  const { values, positionals } = parseCommandLine(command.spec, args);
  let stdout = '';
  const write = vi.spyOn(process.stdout, 'write').mockImplementation((text) => {
    stdout += String(text);
    return true;
  });
  try {
    const code = await command.run(values, positionals, new AbortController().signal);
    return { code, stdout };
  } finally {
    write.mockRestore();
  }
}
