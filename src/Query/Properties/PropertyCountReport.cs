using Cairn.Query.Definitions;
using Cairn.Query.Filters;
using Cairn.Query.Scanning;
using Cairn.Storage.Rows;

namespace Cairn.Query.Properties;

/// <summary>Which properties events carry, and how often.</summary>
public sealed class PropertyCountReport(ReportReader reader, TimeProvider clock)
{
    /// <summary>Properties by how many of the events carry them, the most first.</summary>
    /// <param name="filter">What must be true of the events as well; null: nothing.</param>
    public async Task<PropertyCountAnswer> AnswerAsync(
        ReportProject project, TimeRange range, EventSelection events, Expression? filter, CancellationToken cancellationToken)
    {
        var startedAt = clock.GetTimestamp();
        var reads = filter is null ? [] : CompiledExpression.Compile(filter).Inputs;
        var opened = await reader.OpenAsync(project, range, reads, needsPersons: false, cancellationToken);
        var scan = new EventScan(events, filter is null ? [] : [RowFilter.Of(filter)]);
        var counts = new Dictionary<string, long>(StringComparer.Ordinal);
        var rowsRead = 0L;
        foreach (var part in opened.Parts)
        {
            rowsRead += part.RowCount;
            await CountAsync(part, scan.Pick(part, range).ToArray(), counts, cancellationToken);
        }
        var ranked = counts.OrderByDescending(count => count.Value).ThenBy(count => count.Key, StringComparer.Ordinal);
        return new([.. ranked.Select(count => new PropertyCount(count.Key, count.Value))], opened.Covered(rowsRead, clock.GetElapsedTime(startedAt)));
    }

    static async ValueTask CountAsync(PartColumns part, int[] rows, Dictionary<string, long> counts, CancellationToken cancellationToken)
    {
        if (rows.Length == 0) return;
        foreach (var info in part.Rows.Part.Columns)
        {
            var isProperty = PropertyColumnName.TryParse(info.Name, out var name);
            if (!isProperty && info.Name != RowLayout.Rest) continue;
            if (await part.Rows.Part.ReadAsync(info.Name, cancellationToken) is not { } column) continue;
            if (!isProperty)
            {
                CountRest((TextColumn)column, rows, counts);
                continue;
            }
            var count = rows.LongCount(row => ColumnValues.Has(column, row));
            if (count > 0) counts[name] = counts.GetValueOrDefault(name) + count;
        }
    }

    static void CountRest(TextColumn rest, int[] rows, Dictionary<string, long> counts)
    {
        foreach (var row in rows)
        {
            if (rest.Codes[row] == TextColumn.Null) continue;
            foreach (var (name, _) in JsonMembers.OfProperties(rest.Dictionary.Memory(rest.Codes[row]))) counts[name] = counts.GetValueOrDefault(name) + 1;
        }
    }
}

/// <param name="Properties">The most frequent first; of equal ones by name.</param>
public sealed record PropertyCountAnswer(IReadOnlyList<PropertyCount> Properties, Coverage Coverage);

/// <summary>A property and how many events carry it.</summary>
public sealed record PropertyCount(string Name, long Count);
