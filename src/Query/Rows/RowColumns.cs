using System.Text;
using Cairn.Model.Profiles;
using Cairn.Query.Scanning;
using Cairn.Storage.Recent;
using Cairn.Storage.Rows;

namespace Cairn.Query.Rows;

/// <summary>All columns of one part, for reading its rows whole.</summary>
sealed class RowColumns
{
    readonly Dictionary<string, StoredColumn> byName = new(StringComparer.Ordinal);
    readonly PersonColumn persons;
    readonly People people;
    readonly OwnProfiles own;
    readonly ILookup<string, (string Name, StoredColumn Column, bool IsJson)> propertiesByName;

    RowColumns(PersonColumn persons, People people, OwnProfiles own, IdColumns ids, Dictionary<string, StoredColumn> byName)
    {
        (this.persons, this.people, this.own, Ids, this.byName) = (persons, people, own, ids, byName);
        Properties =
        [
            .. byName.Where(column => PropertyColumnName.TryParse(column.Key, out _))
                .Select(column => Named(column, RowLayout.Text.Length, RowLayout.Json))
                .OrderBy(column => column.Name, StringComparer.Ordinal),
        ];
        Groups =
        [
            .. byName.Where(column => column.Key.StartsWith(RowLayout.Group, StringComparison.Ordinal)).Select(column => Named(column, RowLayout.Group.Length, RowLayout.GroupJson)),
            .. byName.Where(column => column.Key.StartsWith(RowLayout.GroupJson, StringComparison.Ordinal)).Select(column => Named(column, RowLayout.GroupJson.Length, RowLayout.GroupJson)),
        ];
        propertiesByName = Properties.ToLookup(property => property.Name, StringComparer.Ordinal);
    }

    public IdColumns Ids { get; }

    /// <summary>Property columns by name; a name has one for each type it came in.</summary>
    public IReadOnlyList<(string Name, StoredColumn Column, bool IsJson)> Properties { get; }

    public IReadOnlyList<(string Name, StoredColumn Column, bool IsJson)> Groups { get; }

    /// <summary>Properties that have no column of their own.</summary>
    public TextColumn? Rest => byName.GetValueOrDefault(RowLayout.Rest) as TextColumn;

    public IEnumerable<(string Name, StoredColumn Column, bool IsJson)> PropertiesNamed(string name) => propertiesByName[name];

    public static ValueTask<RowColumns> ReadAsync(PartColumns part, ScanContext context, CancellationToken cancellationToken) =>
        ReadAsync(part.Rows.Part, part.Persons!, context.Columns, context.People, context.Count, cancellationToken);

    /// <summary>The columns at some rows, in their order, of which nothing is kept.</summary>
    /// <param name="rows">Row numbers of the part, ascending.</param>
    public static ValueTask<RowColumns> ReadOnceAsync(PartColumns part, int[] rows, ScanContext context, CancellationToken cancellationToken)
    {
        var persons = part.Persons!;
        return ReadAsync(
            new RowsOfPart(part.Rows.Part, rows), new(persons.Pool, Array.ConvertAll(rows, row => persons.Codes[row])), new ProjectColumns(new ColumnCache(0)), context.People, context.Count, cancellationToken);
    }

    /// <param name="persons">Whose each row is.</param>
    public static async ValueTask<RowColumns> ReadAsync(
        IEventPart part, PersonColumn persons, ProjectColumns columns, People people, ReadCount count, CancellationToken cancellationToken)
    {
        var byName = new Dictionary<string, StoredColumn>(StringComparer.Ordinal);
        foreach (var info in part.Columns)
            if (await part.ReadAsync(info.Name, cancellationToken) is { } column) byName[info.Name] = column;
        var own = await OwnProfiles.ReadAsync(part, count, cancellationToken);
        return new(persons, people, own, await IdColumns.ReadAsync(columns, part, withReceipts: true, count, cancellationToken), byName);
    }

    public string? PersonAt(int row) => persons.Codes[row] < 0 ? null : persons.Pool[persons.Codes[row]];

    /// <summary>What was known of the person when the row was received; null where nothing was.</summary>
    public Profile? ProfileAt(int row) => own.Stands(row) ? own.At(row) : people.Profiles?.AsOf(Ids.At(row));

    /// <summary>What is known of the person now; null where nothing is.</summary>
    public Profile? CurrentProfileAt(int row) => PersonAt(row) is { } person ? people.Profiles?.Current(person) : null;

    public double? Number(string column, int row) =>
        byName.GetValueOrDefault(column) is DoubleColumn number && !double.IsNaN(number.Values[row]) ? number.Values[row] : null;

    public string? Text(string column, int row) =>
        byName.GetValueOrDefault(column) is TextColumn text && text.Codes[row] != TextColumn.Null ? Encoding.UTF8.GetString(text.Utf8(row)) : null;

    public long? Whole(string column, int row) =>
        byName.GetValueOrDefault(column) is Int64Column whole && whole.Values[row] != Int64Column.Null ? whole.Values[row] : null;

    static (string Name, StoredColumn Column, bool IsJson) Named(KeyValuePair<string, StoredColumn> column, int prefixLength, string jsonPrefix) =>
        (column.Key[prefixLength..], column.Value, column.Key.StartsWith(jsonPrefix, StringComparison.Ordinal));
}
