// SPDX-License-Identifier: Apache-2.0
pragma solidity 0.8.37;

/// @dev May admit and remove members.
bytes32 constant ADMISSION_ROLE = keccak256("ADMISSION_ROLE");

/// @dev May open and close studies.
bytes32 constant STUDY_ROLE = keccak256("STUDY_ROLE");
