using System.Buffers.Text;
using System.Text.Json;

namespace Cairn.Api.V1.Query;

/// <summary>A place in a list: after the last one that was given, and so unmoved by what comes or goes before it.</summary>
/// <param name="Last">The last one given.</param>
/// <param name="SameCount">How many that look the same were given with it.</param>
readonly record struct ListCursor<T>(T Last, int SameCount) where T : class
{
    /// <summary>A page of a list, and the cursor of the next; null after the last page.</summary>
    /// <param name="all">In the order of <paramref name="order"/>.</param>
    /// <param name="cursor">What <see cref="TryRead"/> can read; null: the first page.</param>
    public static (IReadOnlyList<T> Page, string? Next) Cut(IReadOnlyList<T> all, string? cursor, int limit, IComparer<T> order)
    {
        var first = cursor is not null && TryRead(cursor, out var after) ? after.FirstAfter(all, order) : 0;
        var page = all.Skip(first).Take(limit).ToArray();
        var end = first + page.Length;
        if (end >= all.Count || page.Length == 0) return (page, null);
        var same = 0;
        while (end - 1 - same >= 0 && order.Compare(all[end - 1 - same], all[end - 1]) == 0) same++;
        return (page, new ListCursor<T>(page[^1], same).ToString());
    }

    /// <summary>Whether a text is one of ours.</summary>
    public static bool TryRead(string text, out ListCursor<T> cursor)
    {
        cursor = default;
        if (!Base64Url.IsValid(text)) return false;
        try
        {
            cursor = JsonSerializer.Deserialize<ListCursor<T>>(Base64Url.DecodeFromChars(text), Strict);
            return cursor.Last is not null;
        }
        catch (JsonException)
        {
            return false;
        }
    }

    public override string ToString() => Base64Url.EncodeToString(JsonSerializer.SerializeToUtf8Bytes(this));

    static readonly JsonSerializerOptions Strict = new() { RespectNullableAnnotations = true, RespectRequiredConstructorParameters = true };

    int FirstAfter(IReadOnlyList<T> all, IComparer<T> order)
    {
        var at = 0;
        while (at < all.Count && order.Compare(all[at], Last) < 0) at++;
        for (var same = 0; same < SameCount && at < all.Count && order.Compare(all[at], Last) == 0; same++) at++;
        return at;
    }
}
