import {
  AbstractSigner,
  copyRequest,
  makeError,
  type Provider,
  Transaction,
  type TransactionRequest,
  Wallet,
} from 'ethers';
import type { Hex } from '../base/bytes.ts';

/** Who signs an account's transactions: a key in memory, or a service that keeps the key. */
export interface AccountSigner {
  /** Lower case. */
  readonly account: Hex;
  /**
   * @param transaction complete: nonce, gas, fees and chain id are set
   * @returns the signed transaction, as nodes take it
   * @throws LedgerError `ledger/signer-unavailable`, `ledger/signer-lied`
   */
  signTransaction(transaction: Transaction): Promise<Hex>;
}

/** Signs with a private key that this process holds. */
export function keySigner(privateKey: Hex): AccountSigner {
  const wallet = new Wallet(privateKey);
  return {
    account: wallet.address.toLowerCase() as Hex,
    signTransaction: async (transaction) => (await wallet.signTransaction(transaction)) as Hex,
  };
}

/** The signer as ethers knows signers, for `ContractFactory` and `contract.connect`. It signs transactions and nothing else. */
export function toEthersSigner(signer: AccountSigner, provider: Provider | null = null): AbstractSigner {
  return new EthersSigner(signer, provider);
}

class EthersSigner extends AbstractSigner {
  readonly #signer: AccountSigner;

  constructor(signer: AccountSigner, provider: Provider | null) {
    super(provider ?? undefined);
    this.#signer = signer;
  }

  async getAddress(): Promise<string> {
    return this.#signer.account;
  }

  connect(provider: Provider | null): EthersSigner {
    return new EthersSigner(this.#signer, provider);
  }

  async signTransaction(request: TransactionRequest): Promise<string> {
    const { from, ...rest } = copyRequest(request);
    if (typeof from === 'string' && from.toLowerCase() !== this.#signer.account)
      throw makeError('the signer is of another account', 'INVALID_ARGUMENT', { argument: 'from', value: from });
    return this.#signer.signTransaction(Transaction.from(rest as Parameters<typeof Transaction.from>[0]));
  }

  async signMessage(): Promise<string> {
    throw unsupported('signMessage');
  }

  async signTypedData(): Promise<string> {
    throw unsupported('signTypedData');
  }
}

const unsupported = (operation: string) =>
  makeError('this signer signs transactions only', 'UNSUPPORTED_OPERATION', { operation });
