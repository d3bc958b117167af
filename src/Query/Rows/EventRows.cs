using System.Diagnostics;
using System.Runtime.CompilerServices;
using Cairn.Query.Definitions;
using Cairn.Query.Filters;
using Cairn.Query.Scanning;
using Cairn.Storage.Rows;

namespace Cairn.Query.Rows;

/// <summary>Reads events whole, file by file: raw exports, a person's own events.</summary>
/// <remarks>However large a file is and however many columns it has, only some of its rows are held at a time; nothing of them stays in the cache of columns.</remarks>
public sealed class EventRows(ReportReader reader)
{
    /// <summary>Values of a list, rows times columns: some 128 MiB where all are numbers.</summary>
    const int MaxValues = 16 * 1024 * 1024;

    /// <summary>Rows of a list where the columns are few: a row group of the lake's files.</summary>
    const int MaxRows = 32 * 1024;

    /// <summary>
    /// The events asked for, in lists of rows of one file each, in no order. A list is good until the next one is asked for.
    /// </summary>
    public async IAsyncEnumerable<IReadOnlyList<EventRow>> ReadAsync(RowsDefinition definition, [EnumeratorCancellation] CancellationToken cancellationToken)
    {
        var opened = await OpenAsync(definition, cancellationToken);
        await foreach (var list in opened.Lists.WithCancellation(cancellationToken)) yield return list;
    }

    /// <summary>The same, with what it covers known before the first list.</summary>
    public async Task<OpenedRows> OpenAsync(RowsDefinition definition, CancellationToken cancellationToken)
    {
        var began = Stopwatch.GetTimestamp();
        var reads = definition.Filter is null ? [] : CompiledExpression.Compile(definition.Filter).Inputs;
        var opened = await reader.OpenAsync(definition.Project, definition.Range, reads, needsPersons: true, cancellationToken, definition.WithProfiles);
        var rowCount = opened.Parts.Where(part => MayHold(part, definition.Received)).Sum(part => (long)part.RowCount);
        return new(opened.Covered(rowCount, Stopwatch.GetElapsedTime(began)), ListAsync(opened, definition, cancellationToken));
    }

    static async IAsyncEnumerable<IReadOnlyList<EventRow>> ListAsync(
        OpenedReport opened, RowsDefinition definition, [EnumeratorCancellation] CancellationToken cancellationToken)
    {
        var scan = new EventScan(definition.Events, definition.Filter is null ? [] : [RowFilter.Of(definition.Filter)]);
        foreach (var part in opened.Parts)
        {
            if (!MayHold(part, definition.Received)) continue;
            var picked = scan.Pick(part, definition.Range).ToArray();
            if (definition.Received is { } range) picked = await ReceivedWithinAsync(part, picked, range, cancellationToken);
            foreach (var rows in picked.Chunk(Math.Min(MaxRows, Math.Max(1, MaxValues / part.Rows.Part.Columns.Count))))
            {
                var columns = await RowColumns.ReadOnceAsync(part, rows, opened.Context, cancellationToken);
                yield return [.. Enumerable.Range(0, rows.Length).Select(row => new EventRow(columns, row))];
            }
        }
    }

    static bool MayHold(PartColumns part, TimeRange? received) => received is not { } range || part.Rows.Part.LastReceivedAtMs >= range.FromMs;

    static async ValueTask<int[]> ReceivedWithinAsync(PartColumns part, int[] rows, TimeRange range, CancellationToken cancellationToken)
    {
        if (await part.Rows.Part.ReadAsync(RowLayout.ReceivedAt, cancellationToken) is not Int64Column receivedAt) return [];
        return Array.FindAll(rows, row => receivedAt.Values[row] >= range.FromMs && receivedAt.Values[row] < range.UntilMs);
    }
}

/// <summary>Rows about to be read.</summary>
/// <param name="Coverage">Of the rows that will be looked through; bytes and time are those until here.</param>
public sealed record OpenedRows(Coverage Coverage, IAsyncEnumerable<IReadOnlyList<EventRow>> Lists);

/// <summary>Which events are to be read whole.</summary>
/// <param name="Filter">What must be true of them; null: nothing.</param>
/// <param name="Received">When they reached us; null: whenever.</param>
/// <param name="WithProfiles">Whether <see cref="EventRow.ProfileAtEvent"/> will be asked.</param>
public sealed record RowsDefinition(
    ReportProject Project, TimeRange Range, EventSelection Events, Expression? Filter = null, TimeRange? Received = null, bool WithProfiles = false);
