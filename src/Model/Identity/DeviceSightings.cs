namespace Cairn.Model.Identity;

/// <summary>All claims of Amplitude that name one device, in the order of the fold; a timeline is built from those not undone.</summary>
sealed class DeviceSightings
{
    (ReceiptOrder Order, int User)[] sightings = new (ReceiptOrder, int)[1];
    int count;

    /// <summary>Adds a claim; false where its item id was there already.</summary>
    public bool Add(ReceiptOrder order, int user)
    {
        var at = count;
        if (count > 0 && sightings[count - 1].Order >= order)
        {
            at = Array.BinarySearch(sightings, 0, count, (order, 0), ByOrder.Instance);
            if (at >= 0) return false;
            at = ~at;
        }
        if (count == sightings.Length) Array.Resize(ref sightings, count * 2);
        Array.Copy(sightings, at, sightings, at + 1, count - at);
        sightings[at] = (order, user);
        count++;
        return true;
    }

    /// <summary>The turns of the users for whom <paramref name="counts"/> holds; null where there is none.</summary>
    public DeviceTimeline? Build(Func<int, bool> counts)
    {
        var froms = new List<ReceiptOrder>();
        var users = new List<int>();
        foreach (var (order, user) in sightings.AsSpan(0, count))
        {
            if ((users.Count > 0 && users[^1] == user) || !counts(user)) continue;
            froms.Add(order);
            users.Add(user);
        }
        return users.Count == 0 ? null : new([.. froms], [.. users]);
    }

    sealed class ByOrder : IComparer<(ReceiptOrder Order, int User)>
    {
        public static readonly ByOrder Instance = new();

        public int Compare((ReceiptOrder Order, int User) x, (ReceiptOrder Order, int User) y) => x.Order.CompareTo(y.Order);
    }
}
