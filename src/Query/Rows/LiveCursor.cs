using System.Buffers.Text;
using System.Globalization;
using System.Text;

namespace Cairn.Query.Rows;

/// <summary>Up to where somebody who follows the newest events has seen them: the last place of each partition of the stream.</summary>
/// <remarks>
/// A place (message, item in it) rather than a time, for partitions do not arrive side by side: an event received earlier may become visible later. As text it is
/// base64url of <c>stream/partition=seq.index</c> lines; nobody but us reads it.
/// </remarks>
public sealed class LiveCursor
{
    /// <summary>Characters of a cursor that is looked at; some thousand partitions.</summary>
    const int MaxTextLength = 64 * 1024;

    readonly Dictionary<string, (long Seq, long Index)> places = new(StringComparer.Ordinal);

    /// <summary>Nothing was seen yet.</summary>
    public bool IsStart => places.Count == 0;

    /// <summary>Reads what <see cref="ToString"/> wrote; null for any other text.</summary>
    public static LiveCursor? Parse(string text)
    {
        if (text.Length > MaxTextLength || !Base64Url.IsValid(text)) return null;
        var cursor = new LiveCursor();
        foreach (var line in Encoding.UTF8.GetString(Base64Url.DecodeFromChars(text)).Split('\n', StringSplitOptions.RemoveEmptyEntries))
        {
            var (equals, dot) = (line.LastIndexOf('='), line.LastIndexOf('.'));
            if (equals < 0 || dot < equals || !TryNumber(line.AsSpan(equals + 1, dot - equals - 1), out var seq) || !TryNumber(line.AsSpan(dot + 1), out var index)) return null;
            cursor.places[line[..equals]] = (seq, index);
        }
        return cursor;
    }

    public LiveCursor Copy()
    {
        var copy = new LiveCursor();
        foreach (var (partition, place) in places) copy.places[partition] = place;
        return copy;
    }

    /// <summary>Whether a place was seen.</summary>
    public bool Covers(string partition, long seq, long index) =>
        places.TryGetValue(partition, out var seen) && (seq < seen.Seq || seq == seen.Seq && index <= seen.Index);

    /// <summary>Remembers that everything up to a place was seen.</summary>
    public void Advance(string partition, long seq, long index)
    {
        if (!Covers(partition, seq, index)) places[partition] = (seq, index);
    }

    public override string ToString()
    {
        var lines = places.OrderBy(place => place.Key, StringComparer.Ordinal)
            .Select(place => string.Create(CultureInfo.InvariantCulture, $"{place.Key}={place.Value.Seq}.{place.Value.Index}"));
        return Base64Url.EncodeToString(Encoding.UTF8.GetBytes(string.Join('\n', lines)));
    }

    static bool TryNumber(ReadOnlySpan<char> text, out long number) => long.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out number);
}
