// SPDX-License-Identifier: Apache-2.0
pragma solidity 0.8.37;

/// @title The register of the consortium's members
/// @notice Says which accounts belong to the consortium now, and which ever did. One account is one member's node: it
/// is both the account that signs records and the identity that peers authenticate on the network. A member keeps its
/// number for ever, whatever its account.
interface IMembership {
    /// @dev What an account is to the consortium.
    enum Standing {
        None,
        Active,
        Suspended,
        Removed,
        Rotated
    }

    /// @notice An account's part in the consortium. All zero for an account that was never admitted.
    /// @param index The member's number, from 0 in order of first admission; an old key's is that of its successor
    /// @param standing 0 none, 1 active, 2 suspended, 3 removed, 4 rotated away: replaced by another key
    /// @param since The block of the last change of the standing
    struct AccountStanding {
        uint32 index;
        Standing standing;
        uint40 since;
    }

    /// @notice What members agree on once for all studies; manifests must keep within it.
    /// @param weightShareCapMicros The largest share of a mix that one contribution may have, in millionths
    /// @param quorumMicros The least share of a study's participants that must co-sign a checkpoint, and that a round
    /// must wait for, in millionths
    struct Governance {
        uint32 weightShareCapMicros;
        uint32 quorumMicros;
    }

    /// @notice `member` belongs to the consortium from now on.
    /// @param member The account admitted
    /// @param index The member's number, the same one for ever
    event MemberAdmitted(address indexed member, uint32 index);

    /// @notice `member` may do nothing until it is reinstated.
    /// @param member The account suspended
    /// @param index The member's number
    event MemberSuspended(address indexed member, uint32 index);

    /// @notice `member` is active again.
    /// @param member The account reinstated
    /// @param index The member's number
    event MemberReinstated(address indexed member, uint32 index);

    /// @notice `member` no longer belongs to the consortium. Its records stay.
    /// @param member The account removed
    /// @param index The member's number, which nobody else will get
    event MemberRemoved(address indexed member, uint32 index);

    /// @notice A member's key was replaced. What the old account recorded stays the member's.
    /// @param account The old account, which may do nothing any more
    /// @param successor The member's account from now on
    /// @param index The member's number
    event KeyRotated(address indexed account, address indexed successor, uint32 index);

    /// @notice The governance numbers were set.
    /// @param weightShareCapMicros The largest share of a mix, in millionths
    /// @param quorumMicros The least share of participants, in millionths
    event GovernanceSet(uint32 weightShareCapMicros, uint32 quorumMicros);

    /// @notice The zero address cannot be a member.
    error ZeroMember();

    /// @notice The account's standing does not allow this.
    /// @param account The account in question
    /// @param standing Its standing
    error WrongStanding(address account, Standing standing);

    /// @notice `account` was never admitted.
    /// @param account The account in question
    error NeverAdmitted(address account);

    /// @notice No member has this number yet.
    /// @param index The number asked for
    error NoSuchIndex(uint32 index);

    /// @notice A share is above 0 and at most 1,000,000 millionths.
    /// @param shareMicros The share that was to be set
    error ShareOutOfRange(uint32 shareMicros);

    /// @notice Admits `member`. An account that was removed before gets its old number back.
    /// @param member The account to admit
    /// @return index The member's number, counted from 0 in order of first admission
    function admit(address member) external returns (uint32 index);

    /// @notice Suspends an active `member`.
    /// @param member The account to suspend
    function suspend(address member) external;

    /// @notice Ends the suspension of `member`.
    /// @param member The account to reinstate
    function reinstate(address member) external;

    /// @notice Removes `member` from the consortium; it can write nothing more, and peers cut its connections.
    /// @param member The account to remove
    function remove(address member) external;

    /// @notice Replaces the key of an active member.
    /// @param account The member's account
    /// @param successor Its account from now on, which never had a standing
    function rotate(address account, address successor) external;

    /// @notice Sets the governance numbers; for the administrator.
    /// @param governance_ Both numbers
    function setGovernance(Governance calldata governance_) external;

    /// @notice Whether `account` belongs to the consortium now.
    /// @param account The account in question
    /// @return Whether it is an active member's account
    function isMember(address account) external view returns (bool);

    /// @notice What `account` is to the consortium.
    /// @param account The account in question
    /// @return Its number, standing, and since when
    function standingOf(address account) external view returns (AccountStanding memory);

    /// @notice The number of an account that was ever admitted.
    /// @param account The account in question
    /// @return The member's number
    function indexOf(address account) external view returns (uint32);

    /// @notice The account with the number `index`, whether it is a current member or a removed one.
    /// @param index The number in question
    /// @return The member's account, the newest if it was rotated
    function memberAt(uint32 index) external view returns (address);

    /// @notice How many members were ever admitted; numbers run from 0 to one less.
    /// @return The count, which never falls
    function memberCount() external view returns (uint32);

    /// @notice The governance numbers.
    /// @return Both numbers
    function governance() external view returns (Governance memory);
}
