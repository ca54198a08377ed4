/**
 * The methods that the embedded chain answers. Everything else is refused, above all whatever would let a client write
 * history: `evm_*`, `hardhat_*`, `anvil_*`, `debug_*`, `personal_*` and accounts held by the node.
 */
export const READ_METHODS: ReadonlySet<string> = new Set([
  'eth_blockNumber',
  'eth_call',
  'eth_chainId',
  'eth_estimateGas',
  'eth_feeHistory',
  'eth_gasPrice',
  'eth_getBalance',
  'eth_getBlockByHash',
  'eth_getBlockByNumber',
  'eth_getCode',
  'eth_getLogs',
  'eth_getStorageAt',
  'eth_getTransactionByHash',
  'eth_getTransactionCount',
  'eth_getTransactionReceipt',
  'eth_maxPriorityFeePerGas',
  'net_version',
  'web3_clientVersion',
]);

/** The one method that changes state. */
export const SEND_METHOD = 'eth_sendRawTransaction';
