using System.Buffers.Text;

namespace Cairn.Ingestion.Amplitude;

/// <summary>Works out what a sale came to.</summary>
/// <remarks>Source: Amplitude docs, "HTTP V2 API", price, quantity, revenue: the price times the quantity, which is 1 unless given.</remarks>
static class RevenueAmount
{
    /// <summary>Digits of the longest number written: a double's shortest form.</summary>
    const int MaxChars = 32;

    /// <summary>Below it, the product of two numbers is exact in a decimal.</summary>
    const double ExactBelow = 1e13;

    /// <summary>Price times quantity as a JSON number; empty where one of them is beyond all numbers.</summary>
    /// <param name="price">A JSON number; negative for a refund.</param>
    /// <param name="quantity">A JSON number, or empty for 1.</param>
    public static ReadOnlyMemory<byte> Of(ReadOnlyMemory<byte> price, ReadOnlyMemory<byte> quantity, ByteArena scratch)
    {
        if (quantity.IsEmpty) return price;
        if (!Utf8Parser.TryParse(price.Span, out double one, out _) || !Utf8Parser.TryParse(quantity.Span, out double count, out _)) return default;
        if (!double.IsFinite(one * count)) return default;
        var digits = scratch.Take(MaxChars);
        var isExact = Math.Abs(one) < ExactBelow && Math.Abs(count) < ExactBelow;
        var written = isExact ? WriteExact(price.Span, quantity.Span, digits.Span) : 0;
        if (written == 0) Utf8Formatter.TryFormat(one * count, digits.Span, out written);
        return digits[..written];
    }

    // 0 where a number has more digits than a decimal holds.
    static int WriteExact(ReadOnlySpan<byte> price, ReadOnlySpan<byte> quantity, Span<byte> digits)
    {
        if (!Utf8Parser.TryParse(price, out decimal one, out var read) || read != price.Length) return 0;
        if (!Utf8Parser.TryParse(quantity, out decimal count, out read) || read != quantity.Length) return 0;
        // Dividing by a one with all its places drops the zeros behind the point: 19, not 19.0.
        var product = one * count / 1.0000000000000000000000000000m;
        return Utf8Formatter.TryFormat(product, digits, out var written) ? written : 0;
    }
}
