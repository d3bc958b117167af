using System.Runtime.CompilerServices;
using Cairn.Query.Definitions;
using Cairn.Query.Filters;
using Cairn.Query.Scanning;

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
        var opened = await reader.OpenAsync(definition.Project, definition.Range, reads, needsPersons: true, cancellationToken);
        var scan = new EventScan(definition.Events, definition.Filter is null ? [] : [RowFilter.Of(definition.Filter)]);
        foreach (var part in opened.Parts)
        {
            var picked = scan.Pick(part, definition.Range);
            if (picked.Length == 0) continue;
            var columns = await RowColumns.ReadAsync(part, opened.Context, cancellationToken);
            yield return Array.ConvertAll(picked, row => new EventRow(columns, row));
        }
    }
}

/// <summary>Which events are to be read whole.</summary>
/// <param name="Filter">What must be true of them; null: nothing.</param>
public sealed record RowsDefinition(ReportProject Project, TimeRange Range, EventSelection Events, Expression? Filter = null);
