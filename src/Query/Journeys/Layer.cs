using Cairn.Query.Filters;
using Cairn.Query.Scanning;

namespace Cairn.Query.Journeys;

/// <summary>A layout with its columns, ready to be read by reports.</summary>
sealed class Layer
{
    readonly PartRows[] parts;

    public Layer(JourneyLayout layout, LayoutColumns columns)
    {
        (Layout, Columns) = (layout, columns);
        parts = [.. columns.Shards.Select((_, index) => PartRows.All(new ShardPart(columns, index)))];
    }

    public JourneyLayout Layout { get; }

    public LayoutColumns Columns { get; }

    /// <summary>Each shard as a part; nobody's last.</summary>
    public IEventPart PartOf(int shard) => parts[shard].Part;

    /// <summary>Its shards that have rows, with these properties read.</summary>
    /// <param name="outside">For each shard the persons passed over; null: nobody.</param>
    public async ValueTask<IReadOnlyList<JourneyShard>> OpenAsync(
        ScanContext context, IReadOnlyCollection<PropertyReference> properties, bool needsPersons, PersonSet[]? outside, CancellationToken cancellationToken)
    {
        var shards = new List<JourneyShard>(parts.Length);
        for (var i = 0; i < parts.Length; i++)
        {
            var passed = outside?[i] ?? PersonSet.Empty;
            if (Columns.Shards[i].RowCount == passed.Rows.RowCount) continue;
            shards.Add(new(Columns.Shards[i], await PartColumns.ReadAsync(context, parts[i], properties, needsPersons, cancellationToken, passed.Rows), passed));
        }
        return shards;
    }
}
