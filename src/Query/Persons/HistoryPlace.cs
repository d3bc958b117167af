using System.Buffers.Text;
using System.Globalization;
using System.Text;
using Cairn.Model;

namespace Cairn.Query.Persons;

/// <summary>Where an entry stands in a person's history: by time, then by receipt and item. No two entries share one.</summary>
/// <param name="TimeMs">When it happened, Unix milliseconds.</param>
public readonly record struct HistoryPlace(long TimeMs, ReceiptOrder Receipt) : IComparable<HistoryPlace>
{
    /// <summary>As text for a cursor: base64url of time, receipt and item id; nobody but us reads it.</summary>
    public override string ToString() =>
        Base64Url.EncodeToString(Encoding.UTF8.GetBytes(string.Create(CultureInfo.InvariantCulture, $"{TimeMs} {Receipt.ReceivedAtMs} {Receipt.Item}")));

    /// <summary>Reads what <see cref="ToString"/> wrote; false for any other text.</summary>
    public static bool TryParse(string text, out HistoryPlace place)
    {
        place = default;
        if (!Base64Url.IsValid(text)) return false;
        var words = Encoding.UTF8.GetString(Base64Url.DecodeFromChars(text)).Split(' ');
        if (words.Length != 3 || !TryNumber(words[0], out var timeMs) || !TryNumber(words[1], out var receivedAtMs) || !ItemId.TryParse(Encoding.UTF8.GetBytes(words[2]), out var item)) return false;
        place = new(timeMs, new(receivedAtMs, item));
        return true;
    }

    public int CompareTo(HistoryPlace other) => TimeMs.CompareTo(other.TimeMs) is not 0 and var order ? order : Receipt.CompareTo(other.Receipt);

    public static bool operator <(HistoryPlace left, HistoryPlace right) => left.CompareTo(right) < 0;
    public static bool operator >(HistoryPlace left, HistoryPlace right) => left.CompareTo(right) > 0;
    public static bool operator <=(HistoryPlace left, HistoryPlace right) => left.CompareTo(right) <= 0;
    public static bool operator >=(HistoryPlace left, HistoryPlace right) => left.CompareTo(right) >= 0;

    static bool TryNumber(string text, out long number) => long.TryParse(text, NumberStyles.AllowLeadingSign, CultureInfo.InvariantCulture, out number);
}
