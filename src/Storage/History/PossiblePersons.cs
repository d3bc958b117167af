using System.Text;
using Cairn.Storage.Lake;

namespace Cairn.Storage.History;

/// <summary>The persons under which rows of one person may stand in files: every id that any claim around them ever named, for a file keeps the person of its day.</summary>
public sealed class PossiblePersons
{
    /// <summary>Ids that are looked for; a person amid more (a device that a shop's customers share) is found by going through all rows.</summary>
    public const int MaxIds = 2_000;

    readonly HashSet<string>? ids;
    readonly ulong[] hashes;

    PossiblePersons(HashSet<string>? ids)
    {
        this.ids = ids;
        hashes = ids is null ? [] : [.. ids.Select(PersonHash.Of).Distinct().Order()];
    }

    /// <summary>Nobody is ruled out: every row has to be looked at.</summary>
    public static PossiblePersons Anybody { get; } = new(null);

    /// <summary>Whether any row may be theirs.</summary>
    public bool IsAnybody => ids is null;

    public static PossiblePersons Of(IEnumerable<string> ids)
    {
        var all = ids.ToHashSet(StringComparer.Ordinal);
        return all.Count > MaxIds ? Anybody : new(all);
    }

    /// <summary>The same however many they are: for who goes through files anyway.</summary>
    public static PossiblePersons OfAll(IEnumerable<string> ids) => new(ids.ToHashSet(StringComparer.Ordinal));

    /// <summary>Whether a row of one of them may stand between two hashes of persons, both included.</summary>
    public bool MayStandWithin((ulong First, ulong Last) persons)
    {
        if (ids is null) return true;
        var at = Array.BinarySearch(hashes, persons.First);
        return at >= 0 || (~at < hashes.Length && hashes[~at] <= persons.Last);
    }

    /// <summary>Whether a row that stands under this person may be theirs.</summary>
    public bool Has(ReadOnlySpan<byte> utf8Person)
    {
        if (ids is null) return true;
        // Nearly every person asked for is another: their hashes tell before a text is made.
        return Array.BinarySearch(hashes, PersonHash.Of(utf8Person)) >= 0 && ids.Contains(Encoding.UTF8.GetString(utf8Person));
    }
}
