using Cairn.Query.Filters;
using Cairn.Query.Scanning;
using Cairn.Storage.Rows;

namespace Cairn.Query.Journeys;

/// <summary>How much memory a report's rows and columns take once they are laid out by person: known before anything is read, and rather too much than too little.</summary>
sealed class ColumnNeeds
{
    /// <summary>Of a row: its time, twice, and where it came from; and a share of its person.</summary>
    public const int LayoutBytesPerRow = 15;

    /// <summary>Of a row that holds a text of its own: a JSON list, an item id.</summary>
    const int OwnTextBytes = 40;

    readonly Dictionary<string, long> bytesOf = new(StringComparer.Ordinal);
    readonly IReadOnlyList<PartRows> parts;
    readonly ProjectColumns columns;

    ColumnNeeds(IReadOnlyList<PartRows> parts, ProjectColumns columns)
    {
        (this.parts, this.columns) = (parts, columns);
        RowCount = parts.Sum(rows => (long)rows.Live.Count);
    }

    public long RowCount { get; }

    /// <summary>By name of the column; the layout itself has none.</summary>
    public IReadOnlyDictionary<string, long> BytesOf => bytesOf;

    public long TotalBytes => bytesOf.Values.Sum();

    /// <summary>Of the columns alone, bytes for each row.</summary>
    public long ColumnBytesPerRow => RowCount == 0 ? 0 : TotalBytes / RowCount - LayoutBytesPerRow;

    /// <param name="needsPersons">Whether each row's person is asked for beside the layout.</param>
    public static ColumnNeeds Of(IReadOnlyList<PartRows> parts, ProjectColumns columns, IReadOnlyCollection<PropertyReference> properties, bool needsPersons)
    {
        var needs = new ColumnNeeds(parts, columns);
        needs.bytesOf[""] = LayoutBytesPerRow * needs.RowCount;
        needs.AddText(RowLayout.Event);
        if (needsPersons || properties.Any(PartColumns.TellsOfPersons)) needs.bytesOf["person"] = 4 * needs.RowCount;
        foreach (var property in properties) needs.Add(property);
        return needs;
    }

    void Add(PropertyReference property)
    {
        switch (property.Scope)
        {
            case PropertyScope.Event:
                AddText(RowLayout.Text + property.Name);
                AddText(RowLayout.Json + property.Name);
                Add(RowLayout.Number + property.Name, sizeof(double));
                Add(RowLayout.Boolean + property.Name, sizeof(sbyte));
                Add(RowLayout.Rest, OwnTextBytes);
                break;
            case PropertyScope.Group or PropertyScope.GroupProfile or PropertyScope.GroupProfileAtEvent:
                var key = property.GroupKey ?? property.Name;
                AddText(RowLayout.Group + key);
                AddText(RowLayout.GroupJson + key);
                Add(RowLayout.Rest, OwnTextBytes);
                if (property.Scope == PropertyScope.GroupProfileAtEvent) AddIds();
                break;
            case PropertyScope.UserAtEvent:
                AddIds();
                Add(RowLayout.Json + OwnProfiles.Property, OwnTextBytes);
                break;
            case PropertyScope.EventField when property.Name == EventField.ReceivedAt:
                Add(RowLayout.ReceivedAt, sizeof(long));
                break;
            case PropertyScope.EventField when PartColumns.ColumnOf(property.Name) is { } column:
                AddText(column);
                break;
        }
    }

    /// <summary>What says who an event is from, and when it was received.</summary>
    void AddIds()
    {
        foreach (var id in (string[])[RowLayout.DialectName, RowLayout.DistinctId, RowLayout.DeviceId, RowLayout.UserId]) AddText(id);
        Add(RowLayout.ReceivedAt, sizeof(long));
        Add(RowLayout.ItemId, OwnTextBytes);
    }

    /// <summary>A text is a code, of as many bytes as the texts known by now call for.</summary>
    void AddText(string column) => Add(column, columns.PoolOf(column).Count is > 0 and var known ? CodeArray.BytesFor(known) : sizeof(int));

    void Add(string column, int bytesPerRow)
    {
        if (parts.Any(rows => rows.Part.Has(column))) bytesOf[column] = bytesPerRow * RowCount;
    }
}
