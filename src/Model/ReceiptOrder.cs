namespace Cairn.Model;

/// <summary>An item's place in the order in which claims and profile updates are folded: by receipt, then by item id.</summary>
/// <remarks>
/// The order is a property of the item alone, so every reader folds alike, whatever partition or file an item came by.
/// Items of one request have one receipt and stand in the order of the request.
/// </remarks>
/// <param name="ReceivedAtMs">When the door read it, Unix milliseconds.</param>
/// <param name="Item">Which item.</param>
public readonly record struct ReceiptOrder(long ReceivedAtMs, ItemId Item) : IComparable<ReceiptOrder>
{
    /// <summary>Before every item.</summary>
    public static ReceiptOrder First => new(long.MinValue, default);

    /// <summary>After every item.</summary>
    public static ReceiptOrder Last => EndOf(long.MaxValue);

    /// <summary>After every item received at or before this millisecond: for who knows no item id.</summary>
    public static ReceiptOrder EndOf(long receivedAtMs) => new(receivedAtMs, new(ulong.MaxValue, uint.MaxValue, int.MaxValue));

    public int CompareTo(ReceiptOrder other)
    {
        var order = ReceivedAtMs.CompareTo(other.ReceivedAtMs);
        return order == 0 ? Item.CompareTo(other.Item) : order;
    }

    public static bool operator <(ReceiptOrder left, ReceiptOrder right) => left.CompareTo(right) < 0;
    public static bool operator >(ReceiptOrder left, ReceiptOrder right) => left.CompareTo(right) > 0;
    public static bool operator <=(ReceiptOrder left, ReceiptOrder right) => left.CompareTo(right) <= 0;
    public static bool operator >=(ReceiptOrder left, ReceiptOrder right) => left.CompareTo(right) >= 0;
}
