import { messageOf } from '../../src/base/errors.ts';
import { createNetworkLab } from './network-lab.ts';

/** Null where a network lab can be made, otherwise why not, for a test to say that it skips. */
export async function labAvailable(): Promise<string | null> {
  if (process.platform !== 'linux') return 'network namespaces are a feature of Linux';
  if (process.getuid?.() !== 0) return 'network namespaces need root';
  try {
    const lab = await createNetworkLab(2);
    try {
      await lab.limit(0, { upBitsPerSecond: 1e6, downBitsPerSecond: 1e6, pairBitsPerSecond: 1e5 });
      await lab.limit(0, { upBitsPerSecond: 1e6, downBitsPerSecond: 1e6 });
      await lab.cut(0, 1);
    } finally {
      await lab.stop();
    }
    return null;
  } catch (error) {
    return `no network namespaces with ip and tc (iproute2) here: ${messageOf(error)}`;
  }
}
