// SPDX-License-Identifier: Apache-2.0
pragma solidity 0.8.37;

/// @title The register of the consortium's members
/// @notice Says which accounts belong to the consortium now, and which ever did. One account is one member's node: it
/// is both the account that signs records and the identity that peers authenticate on the network.
interface IMembership {
    /// @notice `member` belongs to the consortium from now on.
    /// @param member The account admitted
    /// @param index The member's number, the same one for ever
    event MemberAdmitted(address indexed member, uint32 index);

    /// @notice `member` no longer belongs to the consortium. Its records stay.
    /// @param member The account removed
    /// @param index The member's number, which nobody else will get
    event MemberRemoved(address indexed member, uint32 index);

    /// @notice The zero address cannot be a member.
    error ZeroMember();

    /// @notice `member` belongs to the consortium already.
    /// @param member The account that was to be admitted
    error AlreadyMember(address member);

    /// @notice `account` does not belong to the consortium now.
    /// @param account The account in question
    error NotMember(address account);

    /// @notice `account` was never admitted.
    /// @param account The account in question
    error NeverAdmitted(address account);

    /// @notice No member has this number yet.
    /// @param index The number asked for
    error NoSuchIndex(uint32 index);

    /// @notice Admits `member`. An account that was removed before gets its old number back.
    /// @param member The account to admit
    /// @return index The member's number, counted from 0 in order of first admission
    function admit(address member) external returns (uint32 index);

    /// @notice Removes `member` from the consortium; it can write nothing more, and peers cut its connections.
    /// @param member The account to remove
    function remove(address member) external;

    /// @notice Whether `account` belongs to the consortium now.
    /// @param account The account in question
    /// @return Whether it is a current member
    function isMember(address account) external view returns (bool);

    /// @notice The number of an account that was ever admitted.
    /// @param account The account in question
    /// @return The member's number
    function indexOf(address account) external view returns (uint32);

    /// @notice The account with the number `index`, whether it is a current member or a removed one.
    /// @param index The number in question
    /// @return The member's account
    function memberAt(uint32 index) external view returns (address);

    /// @notice How many accounts were ever admitted; numbers run from 0 to one less.
    /// @return The count, which never falls
    function memberCount() external view returns (uint32);
}
