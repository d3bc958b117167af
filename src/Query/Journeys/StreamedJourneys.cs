using System.Globalization;
using System.Numerics;
using Cairn.Query.Filters;
using Cairn.Query.Scanning;
using Cairn.Storage.Lake;
using Cairn.Storage.Rows;

namespace Cairn.Query.Journeys;

/// <summary>
/// A report's rows where all of them together would not fit the memory for columns: laid out for a share of the people after the other, each anew from the
/// files, and forgotten before the next.
/// </summary>
/// <remarks>A share is a range of the persons' hash, by which the lake's files are sorted: of them only row groups that hold some of its rows are read. A report takes longer so, and its memory stays.</remarks>
sealed class StreamedJourneys
{
    /// <summary>Of the budget for columns, what one streamed report works in: so several can.</summary>
    public const double ShareOfBudget = 0.25;

    /// <summary>Shares at most: of files that are not sorted by person each reads everything.</summary>
    public const int MaxShares = 256;

    /// <summary>Of a row while its share is laid out, beside the layout: what the files say of it, and its places on the way.</summary>
    const int WorkBytesPerRow = 32;

    readonly string name;
    readonly IReadOnlyCollection<PropertyReference> properties;
    readonly bool needsPersons;

    public StreamedJourneys(string name, ColumnNeeds needs, long budgetBytes, IReadOnlyCollection<PropertyReference> properties, bool needsPersons)
    {
        (this.name, this.properties, this.needsPersons) = (name, properties, needsPersons);
        WorkBytes = Math.Max(1, (long)(budgetBytes * ShareOfBudget));
        var bytes = needs.RowCount * (double)(ColumnNeeds.LayoutBytesPerRow + WorkBytesPerRow + needs.ColumnBytesPerRow);
        // A power of two, for a share is all persons whose hash begins with the same bits.
        ShareCount = (int)BitOperations.RoundUpToPowerOf2((uint)Math.Clamp(Math.Ceiling(bytes / WorkBytes), 1, MaxShares));
    }

    public int ShareCount { get; }

    /// <summary>Memory that a share takes, about, bytes.</summary>
    public long WorkBytes { get; }

    /// <summary>The rows of one share of the people, by person; those of nobody are of the first.</summary>
    public async Task<JourneySlice> OpenAsync(ScanContext context, int share, CancellationToken cancellationToken)
    {
        var shareOf = new ShareOfPersons(context.Owners.Pool, ShareCount);
        var sources = new SourceRows?[context.Snapshot.Parts.Count];
        var options = new ParallelOptions { MaxDegreeOfParallelism = Environment.ProcessorCount, CancellationToken = cancellationToken };
        await Parallel.ForAsync(0, sources.Length, options, async (index, cancellation) =>
            sources[index] = await ReadAsync(context, context.Snapshot.Parts[index], shareOf, share, cancellation));
        var key = string.Create(CultureInfo.InvariantCulture, $"journeys/{name}/share {share} of {ShareCount}");
        var layout = await LayoutBuilder.BuildAsync(key, context.Owners.Pool, [.. sources.Where(source => source?.Count > 0).Select(source => source!)], context.Count, cancellationToken, shareOf.Bits);
        // A cache of its own, gone with the share.
        var columns = new LayoutColumns(layout, context.Columns, context.Owners, new(long.MaxValue), keepsSources: false);
        return JourneySlice.Of(await new Layer(layout, columns).OpenAsync(context, properties, needsPersons, null, cancellationToken));
    }

    static async Task<SourceRows?> ReadAsync(ScanContext context, PartRows rows, ShareOfPersons shareOf, int share, CancellationToken cancellationToken)
    {
        if (rows.Live.Count == 0) return null;
        var owners = await context.Owners.ReadKeptAsync(rows.Part, context.Count, cancellationToken);
        var entries = Picked(owners, rows.Live, shareOf, share);
        if (entries.Count == 0) return null;
        int[] picked = [.. entries.Select(owners.RowAt)];
        var own = new RowsOfPart(rows.Part, picked);
        var times = (Int64Column?)await own.ReadAsync(RowLayout.Time, cancellationToken)
            ?? throw new InvalidDataException($"{rows.Part.Key} lacks the column {RowLayout.Time}, which every event has");
        // Neighbours among those picked that were none are not known to be in order.
        Func<int, int, bool>? areInOrder = owners.AreInOrder is { } known ? (first, second) => second == first + 1 && picked[second] == picked[first] + 1 && known(picked[first], picked[second]) : null;
        return new(own, null, [.. entries.Select(entry => owners.Owners[entry])], times.Memory, areInOrder);
    }

    static List<int> Picked(PartOwners owners, RowSet live, ShareOfPersons shareOf, int share)
    {
        var picked = new List<int>();
        for (var entry = 0; entry < owners.Owners.Length; entry++)
            if (shareOf[owners.Owners[entry]] == share && (live.IsAll || live[owners.RowAt(entry)])) picked.Add(entry);
        return picked;
    }

    /// <summary>Which share each person is of: by the first bits of the hash.</summary>
    sealed class ShareOfPersons(TextPool persons, int shareCount)
    {
        readonly Lock gate = new();
        short[] shares = [];

        public int Bits { get; } = BitOperations.Log2((uint)shareCount);

        /// <param name="person">A code; -1 for nobody.</param>
        public int this[int person]
        {
            get
            {
                if (person < 0) return 0;
                var known = Volatile.Read(ref shares);
                return person < known.Length ? known[person] : Grow(person);
            }
        }

        int Grow(int person)
        {
            lock (gate)
            {
                if (person < shares.Length) return shares[person];
                // The pool grows while other files are read.
                var grown = new short[persons.Count];
                shares.CopyTo(grown, 0);
                for (var code = shares.Length; code < grown.Length; code++) grown[code] = Bits == 0 ? (short)0 : (short)(PersonHash.Of(persons[code]) >> (64 - Bits));
                Volatile.Write(ref shares, grown);
                return grown[person];
            }
        }
    }
}
