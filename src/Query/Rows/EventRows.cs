using System.Runtime.CompilerServices;
using Cairn.Query.Definitions;
using Cairn.Query.Filters;
using Cairn.Query.Scanning;
using Cairn.Storage.Rows;

namespace Cairn.Query.Rows;

/// <summary>Reads events whole, file by file: raw exports, a person's own events.</summary>
public sealed class EventRows(ReportReader reader)
{
    /// <summary>
    /// The events asked for, in lists of one file each, in no order. A list is good until the next one is asked for.
    /// </summary>
    public async IAsyncEnumerable<IReadOnlyList<EventRow>> ReadAsync(RowsDefinition definition, [EnumeratorCancellation] CancellationToken cancellationToken)
    {
        var reads = definition.Filter is null ? [] : CompiledExpression.Compile(definition.Filter).Inputs;
        var opened = await reader.OpenAsync(definition.Project, definition.Range, reads, needsPersons: true, cancellationToken, definition.WithProfiles);
        var scan = new EventScan(definition.Events, definition.Filter is null ? [] : [RowFilter.Of(definition.Filter)]);
        foreach (var part in opened.Parts)
        {
            var received = definition.Received;
            if (received is { } from && part.Rows.Part.LastReceivedAtMs < from.FromMs) continue;
            var picked = scan.Pick(part, definition.Range).ToArray();
            if (received is { } range) picked = await ReceivedWithinAsync(part, picked, range, cancellationToken);
            if (picked.Length == 0) continue;
            var columns = await RowColumns.ReadAsync(part, opened.Context, cancellationToken);
            yield return Array.ConvertAll(picked, row => new EventRow(columns, row));
        }
    }

    static async ValueTask<int[]> ReceivedWithinAsync(PartColumns part, int[] rows, TimeRange range, CancellationToken cancellationToken)
    {
        if (await part.Rows.Part.ReadAsync(RowLayout.ReceivedAt, cancellationToken) is not Int64Column receivedAt) return [];
        return Array.FindAll(rows, row => receivedAt.Values[row] >= range.FromMs && receivedAt.Values[row] < range.UntilMs);
    }
}

/// <summary>Which events are to be read whole.</summary>
/// <param name="Filter">What must be true of them; null: nothing.</param>
/// <param name="Received">When they reached us; null: whenever.</param>
/// <param name="WithProfiles">Whether <see cref="EventRow.ProfileAtEvent"/> will be asked.</param>
public sealed record RowsDefinition(
    ReportProject Project, TimeRange Range, EventSelection Events, Expression? Filter = null, TimeRange? Received = null, bool WithProfiles = false);
