/** Where the words of a file's probes are declared. */
export const PROBE_PATH = 'coverage-probe.sol';

/**
 * The probes send one word to an address that EDR listens to, also from code that reverts or must be pure. A word is
 * the point, the outcome, and for a modifier the call in which it ran: the runner shows each word once for a test, so
 * only calls that differ tell that a modifier let one of them through and stopped another.
 */
export const PROBE_SOURCE = `// SPDX-License-Identifier: Apache-2.0
pragma solidity 0.8.37;
function coverageSend(uint256 word) view {
    assembly ("memory-safe") {
        let free := mload(0x40)
        mstore(free, word)
        pop(staticcall(gas(), 0xc0bEc0BEc0BeC0bEC0beC0bEC0bEC0beC0beC0BE, free, 32, 0, 0))
    }
}
function coverageAsPure(function(uint256) view send) pure returns (function(uint256) pure pureSend) {
    assembly ("memory-safe") { pureSend := send }
}
function coverageHit(uint256 id) pure { coverageAsPure(coverageSend)(id << 129); }
function coverageBranch(bool outcome, uint256 id) pure returns (bool) {
    coverageAsPure(coverageSend)((id << 129) | (outcome ? 1 << 128 : 0));
    return outcome;
}
function coverageCall(uint256 id, bool inside) view {
    uint256 call = uint128(uint256(keccak256(abi.encode(msg.sender, msg.data))));
    coverageSend((id << 129) | (inside ? 1 << 128 : 0) | call);
}
`;
