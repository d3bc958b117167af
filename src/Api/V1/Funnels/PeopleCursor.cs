using System.Buffers.Text;
using System.Globalization;
using System.Text;
using Cairn.Query.Funnels;

namespace Cairn.Api.V1.Funnels;

/// <summary>A place in a list of attempts: after the last one that was given, and so unmoved by what comes or goes before it.</summary>
/// <param name="Last">The last one given.</param>
/// <param name="SameCount">How many that look the same were given with it.</param>
readonly record struct PeopleCursor(FunnelPerson Last, int SameCount)
{
    /// <summary>A page of a list, and the cursor of the next; null after the last page.</summary>
    public static (IReadOnlyList<FunnelPerson> Page, string? Next) Cut(IReadOnlyList<FunnelPerson> people, string? cursor, int limit)
    {
        var first = cursor is not null && TryRead(cursor, out var after) ? after.FirstAfter(people) : 0;
        var page = people.Skip(first).Take(limit).ToArray();
        if (first + page.Length >= people.Count || page.Length == 0) return (page, null);
        var end = first + page.Length;
        var same = 0;
        while (end - 1 - same >= 0 && FunnelPerson.Order.Compare(people[end - 1 - same], people[end - 1]) == 0) same++;
        return (page, new PeopleCursor(page[^1], same).ToString());
    }

    public static bool TryRead(string text, out PeopleCursor cursor)
    {
        cursor = default;
        if (!Base64Url.IsValid(text)) return false;
        var words = Encoding.UTF8.GetString(Base64Url.DecodeFromChars(text)).Split(' ', 4);
        if (words.Length < 4 || !long.TryParse(words[0], NumberStyles.AllowLeadingSign, CultureInfo.InvariantCulture, out var entryMs)
            || !int.TryParse(words[1], NumberStyles.None, CultureInfo.InvariantCulture, out var reached)
            || !int.TryParse(words[2], NumberStyles.None, CultureInfo.InvariantCulture, out var same)) return false;
        cursor = new(new(words[3], entryMs, reached, FunnelEnd.Dropped), same);
        return true;
    }

    public override string ToString() =>
        Base64Url.EncodeToString(Encoding.UTF8.GetBytes(string.Create(CultureInfo.InvariantCulture, $"{Last.EntryMs} {Last.Reached} {SameCount} {Last.Person}")));

    int FirstAfter(IReadOnlyList<FunnelPerson> people)
    {
        var at = 0;
        while (at < people.Count && FunnelPerson.Order.Compare(people[at], Last) < 0) at++;
        for (var same = 0; same < SameCount && at < people.Count && FunnelPerson.Order.Compare(people[at], Last) == 0; same++) at++;
        return at;
    }
}
