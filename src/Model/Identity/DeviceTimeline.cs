namespace Cairn.Model.Identity;

/// <summary>Which user a device was last seen with, by receipt. Amplitude's rule; never changes.</summary>
/// <remarks>
/// An event without a user belongs to the last user at or before its receipt, else to the device's first.
/// Source: Amplitude docs, "Track unique users", "How Amplitude assigns an ID".
/// </remarks>
/// <param name="froms">Where each user's turn begins, ascending.</param>
/// <param name="users">Whose turn it is: the user's number.</param>
sealed class DeviceTimeline(ReceiptOrder[] froms, int[] users)
{
    public int First => users[0];

    public bool HasSeveralUsers => users.Length > 1;

    /// <summary>All users, each once for every turn.</summary>
    public ReadOnlySpan<int> Users => users;

    /// <summary>From which receipt on it is whose, ascending.</summary>
    /// <param name="names">Of users by their numbers.</param>
    public IReadOnlyList<(ReceiptOrder From, string User)> Turns(IReadOnlyList<string> names) => [.. froms.Zip(users, (from, user) => (from, names[user]))];

    /// <summary>Where each of <see cref="Users"/>' turns begins, ascending.</summary>
    public ReadOnlySpan<ReceiptOrder> Froms => froms;

    /// <summary>
    /// The user that an event without one belonged to, by what was known at a later place: by the turns that began before it.
    /// Null where no user was known yet.
    /// </summary>
    public int? UserAt(ReceiptOrder receipt, ReceiptOrder knownBy)
    {
        if (froms[0] >= knownBy) return null;
        return UserAt(receipt);
    }

    /// <summary>The user that an event without one belongs to.</summary>
    public int UserAt(ReceiptOrder receipt)
    {
        var index = Array.BinarySearch(froms, receipt);
        if (index < 0) index = ~index - 1;
        return users[Math.Max(index, 0)];
    }
}
