using System.Collections;
using System.Globalization;
using Cairn.Query.Filters;
using Cairn.Query.Scanning;
using Cairn.Storage.Lake;
using Cairn.Storage.Rows;

namespace Cairn.Query.Journeys;

/// <summary>
/// A report's rows where all of them together would not fit the memory for columns: laid out for a share of the people after the other, each anew from the
/// files, and forgotten before the next.
/// </summary>
/// <remarks>Every file is read once for each share: a report takes longer so, and its memory stays.</remarks>
sealed class StreamedJourneys
{
    /// <summary>Of the budget for columns, what one streamed report works in: so several can.</summary>
    public const double ShareOfBudget = 0.25;

    /// <summary>Shares at most: each reads every file.</summary>
    public const int MaxShares = 256;

    /// <summary>Of a row while its share is laid out, beside the layout: what the files say of it, and its places on the way.</summary>
    const int WorkBytesPerRow = 32;

    readonly string projectId;
    readonly IReadOnlyCollection<PropertyReference> properties;
    readonly bool needsPersons;

    public StreamedJourneys(string projectId, ColumnNeeds needs, long budgetBytes, IReadOnlyCollection<PropertyReference> properties, bool needsPersons)
    {
        (this.projectId, this.properties, this.needsPersons) = (projectId, properties, needsPersons);
        WorkBytes = Math.Max(1, (long)(budgetBytes * ShareOfBudget));
        var bytes = needs.RowCount * (double)(ColumnNeeds.LayoutBytesPerRow + WorkBytesPerRow + needs.ColumnBytesPerRow);
        ShareCount = (int)Math.Clamp(Math.Ceiling(bytes / WorkBytes), 1, MaxShares);
    }

    public int ShareCount { get; }

    /// <summary>Memory that a share takes, about, bytes.</summary>
    public long WorkBytes { get; }

    /// <summary>The rows of one share of the people, by person; those of nobody are of the first.</summary>
    public async Task<JourneySlice> OpenAsync(ScanContext context, int share, CancellationToken cancellationToken)
    {
        var shareOf = new ShareOfPersons(context.Persons.Pool, ShareCount);
        var sources = new SourceRows?[context.Snapshot.Parts.Count];
        var options = new ParallelOptions { MaxDegreeOfParallelism = Environment.ProcessorCount, CancellationToken = cancellationToken };
        await Parallel.ForAsync(0, sources.Length, options, async (index, cancellation) =>
            sources[index] = await ReadAsync(context, context.Snapshot.Parts[index], shareOf, share, cancellation));
        var key = string.Create(CultureInfo.InvariantCulture, $"journeys/{projectId}/share {share} of {ShareCount}");
        var layout = await LayoutBuilder.BuildAsync(key, context.Persons.Pool, [.. sources.Where(source => source?.Count > 0).Select(source => source!)], context.Count, cancellationToken);
        // A cache of its own, gone with the share.
        var columns = new LayoutColumns(layout, context.Columns, context.Persons.Pool, new(long.MaxValue), keepsSources: false);
        return JourneySlice.Of(await new Layer(layout, columns).OpenAsync(context, properties, needsPersons, null, cancellationToken));
    }

    static async Task<SourceRows?> ReadAsync(ScanContext context, PartRows rows, ShareOfPersons shareOf, int share, CancellationToken cancellationToken)
    {
        if (rows.Live.Count == 0) return null;
        var part = new OnceRead(rows.Part);
        var ids = await IdColumns.ReadAsync(context.Columns, part, withReceipts: false, context.Count, cancellationToken);
        var persons = context.Persons.Resolve(ids, part.RowCount);
        var picked = new List<int>();
        for (var row = 0; row < persons.Length; row++)
            if (shareOf[persons[row]] == share && (rows.Live.IsAll || rows.Live[row])) picked.Add(row);
        if (picked.Count == 0) return null;
        int[] numbers = [.. picked];
        var own = new PickedRows(rows.Part, numbers);
        var times = (Int64Column?)await own.ReadAsync(RowLayout.Time, cancellationToken)
            ?? throw new InvalidDataException($"{rows.Part.Key} lacks the column {RowLayout.Time}, which every event has");
        return new(own, null, own.Pick<int>(persons), times.Memory, AreInOrder(rows.Part, ids, numbers));
    }

    /// <summary>Neighbours of the same ids stand in order where the file is sorted; other rows of one person and time are never neighbours of theirs.</summary>
    static Func<int, int, bool>? AreInOrder(IEventPart part, IdColumns ids, int[] rows)
    {
        if (!part.IsSortedByPerson) return null;
        var isAsBefore = new BitArray(rows.Length);
        for (var i = 1; i < rows.Length; i++) isAsBefore[i] = ids.KeyAt(rows[i - 1]) == ids.KeyAt(rows[i]);
        return (first, second) => second == first + 1 && isAsBefore[second];
    }

    /// <summary>Which share each person is of: by bits of the hash that do not decide where in a layout they stand.</summary>
    sealed class ShareOfPersons(TextPool persons, int shareCount)
    {
        readonly Lock gate = new();
        short[] shares = [];

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
                for (var code = shares.Length; code < grown.Length; code++) grown[code] = (short)((PersonHash.Of(persons[code]) & uint.MaxValue) * (ulong)shareCount >> 32);
                Volatile.Write(ref shares, grown);
                return grown[person];
            }
        }
    }
}
