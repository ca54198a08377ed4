// SPDX-License-Identifier: Apache-2.0
pragma solidity 0.8.37;

/// @dev What the ledger does not do: it has the caller sort, and only checks the order. Tells what either costs.
contract SortedOnChain {
    /// @return median Of the scores; of an even number the mean of the middle two, rounded down
    /// @return gasUsed By sorting and taking the middle, without reading the scores
    function medianOf(int32[] memory scores) external view returns (int32 median, uint256 gasUsed) {
        uint256 before = gasleft();
        for (uint256 i = 1; i < scores.length; ++i) {
            int32 score = scores[i];
            uint256 place = i;
            for (; place > 0 && scores[place - 1] > score; --place) scores[place] = scores[place - 1];
            scores[place] = score;
        }
        uint256 upper = scores.length / 2;
        median = scores[upper];
        if (scores.length % 2 == 0) median = int32((int256(scores[upper - 1]) + int256(median)) >> 1);
        gasUsed = before - gasleft();
    }

    /// @return ordered Whether the scores ascend
    /// @return gasUsed By the check, without reading the scores
    function isOrdered(int32[] memory scores) external view returns (bool ordered, uint256 gasUsed) {
        uint256 before = gasleft();
        ordered = true;
        for (uint256 i = 1; i < scores.length; ++i) ordered = ordered && scores[i - 1] <= scores[i];
        gasUsed = before - gasleft();
    }
}
