import { spawn } from 'node:child_process';
import { text } from 'node:stream/consumers';

/** With the folders where Debian keeps `ip` and `tc`, which are not on everybody's path. */
export const TOOL_ENVIRONMENT = { ...process.env, PATH: `${process.env.PATH ?? ''}:/usr/sbin:/sbin` };

/** Runs a tool to its end. @param lines its input, for instance a batch of `ip` @throws Error with what the tool said when it fails */
export async function runTool(
  command: string,
  args: readonly string[],
  lines: readonly string[] = [],
): Promise<string> {
  const child = spawn(command, args, { env: TOOL_ENVIRONMENT });
  const ended = new Promise<number | null>((resolve, reject) => {
    child.once('error', reject);
    child.once('close', resolve);
  });
  child.stdin.on('error', () => {}); // a tool that ends early says why by its exit code
  child.stdin.end(lines.map((line) => `${line}\n`).join(''));
  const [code, said, complained] = await Promise.all([ended, text(child.stdout), text(child.stderr)]);
  if (code !== 0) throw new Error(`${command} ${args.join(' ')} ended with ${code}: ${complained.trim()}`);
  return said;
}
