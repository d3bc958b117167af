using System.Buffers.Binary;
using System.Buffers.Text;
using System.Globalization;

namespace Cairn.Model;

/// <summary>
/// Names one item for good: 96 random bits drawn once per request, and the item's index in that request. Stays
/// with the item through resends, spool and dead letters.
/// </summary>
/// <param name="High">The first 64 random bits.</param>
/// <param name="Low">The other 32 random bits.</param>
/// <param name="Index">From 0, the item's place among all items of its request.</param>
public readonly record struct ItemId(ulong High, uint Low, int Index) : IComparable<ItemId>
{
    /// <summary>As text: 16 characters of base64url, a dot, the index; orders as <see cref="CompareTo"/> only within one request.</summary>
    public override string ToString()
    {
        Span<byte> random = stackalloc byte[12];
        BinaryPrimitives.WriteUInt64BigEndian(random, High);
        BinaryPrimitives.WriteUInt32BigEndian(random[8..], Low);
        return string.Create(CultureInfo.InvariantCulture, $"{Base64Url.EncodeToString(random)}.{Index}");
    }

    /// <summary>Writes what <see cref="ToString"/> gives, as UTF-8; at most 27 bytes.</summary>
    public int Format(Span<byte> utf8)
    {
        Span<byte> random = stackalloc byte[12];
        BinaryPrimitives.WriteUInt64BigEndian(random, High);
        BinaryPrimitives.WriteUInt32BigEndian(random[8..], Low);
        var length = Base64Url.EncodeToUtf8(random, utf8);
        utf8[length++] = (byte)'.';
        Utf8Formatter.TryFormat(Index, utf8[length..], out var digits);
        return length + digits;
    }

    /// <summary>Reads what <see cref="ToString"/> wrote.</summary>
    public static bool TryParse(ReadOnlySpan<byte> utf8, out ItemId id)
    {
        id = default;
        Span<byte> random = stackalloc byte[12];
        if (utf8.Length < 18 || utf8[16] != '.') return false;
        if (!Base64Url.TryDecodeFromUtf8(utf8[..16], random, out var bytes) || bytes != 12) return false;
        if (!Utf8Parser.TryParse(utf8[17..], out int index, out var digits) || digits != utf8.Length - 17) return false;
        id = new(BinaryPrimitives.ReadUInt64BigEndian(random), BinaryPrimitives.ReadUInt32BigEndian(random[8..]), index);
        return true;
    }

    /// <summary>By random bits, then index.</summary>
    public int CompareTo(ItemId other)
    {
        var order = High.CompareTo(other.High);
        if (order == 0) order = Low.CompareTo(other.Low);
        return order == 0 ? Index.CompareTo(other.Index) : order;
    }

    public static bool operator <(ItemId left, ItemId right) => left.CompareTo(right) < 0;
    public static bool operator >(ItemId left, ItemId right) => left.CompareTo(right) > 0;
    public static bool operator <=(ItemId left, ItemId right) => left.CompareTo(right) <= 0;
    public static bool operator >=(ItemId left, ItemId right) => left.CompareTo(right) >= 0;
}
