import { runTool } from './run-tool.ts';

export interface RateLimit {
  readonly upBitsPerSecond: number;
  readonly downBitsPerSecond: number;
  /** The most that goes from this peer to any single other one. */
  readonly pairBitsPerSecond?: number;
}

/** A device where a queueing discipline decides what leaves. */
export interface LinkEnd {
  readonly namespace: string;
  readonly device: string;
}

/** A bucket holds ten milliseconds, which is above the kernel's clock tick, and no less than a few full packets. */
const BURST_SECONDS = 0.01;
const MINIMUM_BURST_BYTES = 16 * 1024;
/** What waits beyond this long is dropped: about what an access router's buffer holds. */
const QUEUE_MILLISECONDS = 200;
/** What a class may send before the next one's turn: ten full packets. */
const QUANTUM_BYTES = 15_140;

/** @param ends the peer's own end of its link, whose queue is its upload, and the switch's; @param others the addresses of all other peers */
export async function limitRate(
  [own, far]: readonly [LinkEnd, LinkEnd],
  rate: RateLimit,
  others: readonly string[],
): Promise<void> {
  await Promise.all([dropRate(own), dropRate(far)]);
  await batch(far, [bucket(far, rate.downBitsPerSecond)]);
  await batch(
    own,
    rate.pairBitsPerSecond === undefined ? [bucket(own, rate.upBitsPerSecond)] : pairs(own, rate, others),
  );
}

/** Lifts every limit of a device. */
export async function dropRate({ namespace, device }: LinkEnd): Promise<void> {
  await runTool('tc', ['-n', namespace, 'qdisc', 'del', 'dev', device, 'root']).catch(() => {}); // there was none
}

function batch({ namespace }: LinkEnd, lines: readonly string[]): Promise<string> {
  return runTool('tc', ['-n', namespace, '-batch', '-'], lines);
}

function burstBytes(bitsPerSecond: number): number {
  return Math.max(MINIMUM_BURST_BYTES, Math.round((bitsPerSecond / 8) * BURST_SECONDS));
}

function bucket({ device }: LinkEnd, bitsPerSecond: number): string {
  const burst = burstBytes(bitsPerSecond);
  return `qdisc add dev ${device} root tbf rate ${bitsPerSecond}bit burst ${burst} latency ${QUEUE_MILLISECONDS}ms`;
}

/** One class for each other peer below one for the whole link. */
function pairs({ device }: LinkEnd, rate: RateLimit, others: readonly string[]): string[] {
  const { upBitsPerSecond: node, pairBitsPerSecond: pair = node } = rate;
  const queueBytes = Math.round((pair / 8) * (QUEUE_MILLISECONDS / 1000)) + MINIMUM_BURST_BYTES;
  const shape = (bitsPerSecond: number): string =>
    `htb rate ${bitsPerSecond}bit ceil ${bitsPerSecond}bit burst ${burstBytes(bitsPerSecond)} cburst ${burstBytes(bitsPerSecond)} quantum ${QUANTUM_BYTES}`;
  return [
    `qdisc add dev ${device} root handle 1: htb`,
    `class add dev ${device} parent 1: classid 1:1 ${shape(node)}`,
    ...others.flatMap((address, i) => {
      const id = (i + 2).toString(16);
      return [
        `class add dev ${device} parent 1:1 classid 1:${id} ${shape(pair)}`,
        `qdisc add dev ${device} parent 1:${id} bfifo limit ${queueBytes}`,
        `filter add dev ${device} parent 1: protocol ip prio 1 u32 match ip dst ${address}/32 flowid 1:${id}`,
      ];
    }),
  ];
}
