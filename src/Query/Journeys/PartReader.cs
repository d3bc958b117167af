using Cairn.Query.Scanning;
using Cairn.Storage.Rows;

namespace Cairn.Query.Journeys;

/// <summary>Reads of parts what a layout is made of: whose each row is, and when.</summary>
/// <param name="keepsColumns">Whether what is read stays in the cache: for the next overlay reads it again, a base that has it never does.</param>
sealed class PartReader(RowOwners owners, ReadCount count, bool keepsColumns)
{
    /// <summary>The rows of parts that count; those of parts without one are left out.</summary>
    public async Task<IReadOnlyList<SourceRows>> ReadAsync(IReadOnlyList<PartRows> parts, CancellationToken cancellationToken)
    {
        var sources = new SourceRows?[parts.Count];
        var options = new ParallelOptions { MaxDegreeOfParallelism = Environment.ProcessorCount, CancellationToken = cancellationToken };
        await Parallel.ForAsync(0, parts.Count, options, async (index, cancellation) =>
        {
            if (parts[index].Live.Count > 0) sources[index] = await ReadAsync(parts[index], cancellation);
        });
        return [.. sources.OfType<SourceRows>()];
    }

    async Task<SourceRows> ReadAsync(PartRows rows, CancellationToken cancellationToken)
    {
        var part = keepsColumns ? rows.Part : new OnceRead(rows.Part);
        var times = await ProjectColumns.ReadAsync<Int64Column>(part, RowLayout.Time, count, cancellationToken)
            ?? throw new InvalidDataException($"{part.Key} lacks the column {RowLayout.Time}, which every event has");
        var read = await owners.ReadAsync(part, count, cancellationToken);
        if (rows.Live.IsAll) return new(rows.Part, read.Rows, read.Owners, times.Memory, read.AreInOrder);
        var live = Enumerable.Range(0, read.Owners.Length).Where(entry => rows.Live[read.RowAt(entry)]).ToArray();
        return new(rows.Part, Array.ConvertAll(live, read.RowAt), Array.ConvertAll(live, entry => read.Owners[entry]), times.Memory, read.AreInOrder);
    }

    internal static int[] RowsOf(RowSet set)
    {
        var rows = new int[set.Count];
        var count = 0;
        for (var row = 0; row < set.RowCount; row++)
            if (set[row]) rows[count++] = row;
        return rows;
    }
}
