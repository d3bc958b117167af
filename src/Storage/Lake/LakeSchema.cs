using System.Collections.Frozen;
using Cairn.Storage.Delta;
using Cairn.Storage.Rows;

namespace Cairn.Storage.Lake;

/// <summary>One version of a table's columns, under the names that rows have once they are read (<see cref="RowLayout"/>). Never changes.</summary>
/// <remarks>
/// <code>
/// rows            column of the table               kind in its metadata
/// time, event, …  the same, or as in FixedColumns   none
/// s.plan          plan, string                      property
/// n.plan          plan, double                      property
/// b.plan          plan, boolean                     property
/// j.plan          plan, string: JSON text           json
/// g.plan          plan, string                      group
/// gj.plan         plan, string: JSON text           group_json
/// </code>
/// A name that is taken gets a suffix (<see cref="DeltaSchema.With"/>).
/// </remarks>
public sealed class LakeSchema
{
    /// <summary>
    /// Properties and groups that have columns of their own in one table, each of them in up to four types; what comes later stands in <see cref="RowLayout.Rest"/>.
    /// </summary>
    public const int MaxProperties = RowLayout.MaxPropertyColumns;

    /// <summary>The one column of the lake that recent files have not.</summary>
    public const string Person = "person";

    readonly FrozenDictionary<string, DeltaColumn> byRowName;
    readonly FrozenSet<(bool IsGroup, string Name)> properties;

    LakeSchema(string table, DeltaSchema schema)
    {
        Table = table;
        Schema = schema;
        var names = new Dictionary<string, DeltaColumn>(StringComparer.Ordinal);
        var known = new HashSet<(bool, string)>();
        foreach (var column in schema.Columns)
        {
            if (RowNameOf(table, column) is not { } name) continue;
            names.TryAdd(name, column);
            if (LakeProperty.TryParse(name, out var property)) known.Add((property.IsGroup, property.Name));
        }
        byRowName = names.ToFrozenDictionary(StringComparer.Ordinal);
        properties = known.ToFrozenSet();
    }

    /// <summary>One of <see cref="LakeLayout.RowTables"/>.</summary>
    public string Table { get; }

    public DeltaSchema Schema { get; }

    /// <summary>Properties and groups that have a column.</summary>
    public int PropertyCount => properties.Count;

    /// <summary>Columns by the name that rows have for them; the partition's month is none.</summary>
    public IReadOnlyDictionary<string, DeltaColumn> ByRowName => byRowName;

    /// <summary>Reads a version's columns.</summary>
    public static LakeSchema Of(string table, DeltaSchema schema) => new(table, schema);

    /// <summary>What a table begins with.</summary>
    public static DeltaSchema First(string table) =>
        DeltaSchema.Of([.. FixedColumns.Of(table).Select(column => new DeltaFixedColumn(column.Name, column.Type, column.Nullable)), new DeltaFixedColumn(LakeLayout.Month, DeltaType.String)]);

    /// <summary>Whether a property (or group) has a column of whatever type: then none of its values stands in <see cref="RowLayout.Rest"/>.</summary>
    public bool HasProperty(bool isGroup, string name) => properties.Contains((isGroup, name));

    /// <summary>This schema with columns for those of <paramref name="rowNames"/> that are properties and have room; this one where nothing is new.</summary>
    /// <param name="rowNames">In the order in which room is given.</param>
    public LakeSchema With(IEnumerable<string> rowNames)
    {
        var grown = Schema;
        var fresh = new HashSet<(bool, string)>();
        foreach (var rowName in rowNames)
        {
            if (byRowName.ContainsKey(rowName) || !LakeProperty.TryParse(rowName, out var property)) continue;
            var key = (property.IsGroup, property.Name);
            if (!properties.Contains(key) && !fresh.Contains(key))
            {
                if (properties.Count + fresh.Count >= MaxProperties) continue;
                fresh.Add(key);
            }
            grown = grown.With(property.Name, property.Type, property.Kind);
        }
        return ReferenceEquals(grown, Schema) ? this : new(Table, grown);
    }

    static string? RowNameOf(string table, DeltaColumn column) =>
        column.Kind.Length > 0 ? LakeProperty.RowNameOf(column) : FixedColumns.RowNameOf(table, column.Name);
}
