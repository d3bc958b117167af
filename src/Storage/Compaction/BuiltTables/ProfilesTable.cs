using System.Text;
using Cairn.Model.Profiles;
using Cairn.Storage.Delta;
using Cairn.Storage.Parquet;
using Cairn.Storage.Profiles;
using Cairn.Storage.Recent;
using Cairn.Storage.Rows;

namespace Cairn.Storage.Compaction.BuiltTables;

/// <summary>Makes <c>profiles</c> (a row for each person) or <c>groups</c> (a row for each group): the properties as they are at <c>as_of</c>, a column for each.</summary>
/// <remarks>
/// <code>
/// profiles   person                 updated_at as_of rest, properties
/// groups     group_type, group_id   updated_at as_of rest, properties
/// </code>
/// </remarks>
sealed class ProfilesTable
{
    /// <summary>Rows of one file: what is held in memory at once.</summary>
    public const int MaxRowsPerFile = 100_000;

    const string Person = "person", GroupType = "group_type", GroupId = "group_id", UpdatedAt = "updated_at", AsOf = "as_of";

    readonly TextColumnBuilder first, second = new(GroupId);
    readonly Int64ColumnBuilder updatedAts = new(ParquetColumn.Timestamp(UpdatedAt)), asOfs = new(ParquetColumn.Timestamp(AsOf));
    readonly BuiltRows rows;

    ProfilesTable(string key)
    {
        first = new(key);
        rows = new([first, second, updatedAts, asOfs]);
    }

    /// <summary>Makes <c>profiles</c> anew.</summary>
    public static Task<bool> MakeAsync(BuiltTable table, IProfileMap profiles, DateTimeOffset asOf, CancellationToken cancellationToken) => new ProfilesTable(Person).MakeAsync(
        table,
        DeltaSchema.Of(new(Person, DeltaType.String, false), new(UpdatedAt, DeltaType.Timestamp, false), new(AsOf, DeltaType.Timestamp, false), new(RowLayout.Rest, DeltaType.String)),
        profiles.PropertyNames,
        profiles.Persons.Order(StringComparer.Ordinal).Select(person => (person, "", profiles.Current(person)!)),
        asOf,
        cancellationToken);

    /// <summary>Makes <c>groups</c> anew.</summary>
    public static Task<bool> MakeAsync(BuiltTable table, IGroupMap groups, DateTimeOffset asOf, CancellationToken cancellationToken)
    {
        var all = groups.Groups.Order().Select(group => (group.Type, group.Id, groups.Current(group.Type, group.Id)!)).ToList();
        return new ProfilesTable(GroupType).MakeAsync(
            table,
            DeltaSchema.Of(new(GroupType, DeltaType.String, false), new(GroupId, DeltaType.String, false), new(UpdatedAt, DeltaType.Timestamp, false), new(AsOf, DeltaType.Timestamp, false), new(RowLayout.Rest, DeltaType.String)),
            all.SelectMany(group => group.Item3.Properties.Keys).Distinct(StringComparer.Ordinal).Order(StringComparer.Ordinal),
            all,
            asOf,
            cancellationToken);
    }

    async Task<bool> MakeAsync(
        BuiltTable table, DeltaSchema schema, IEnumerable<string> propertyNames, IEnumerable<(string First, string Second, Profile Profile)> all, DateTimeOffset asOf, CancellationToken cancellationToken)
    {
        await table.BeginAsync(schema, cancellationToken);
        var split = new PropertySplit(table.Schema, propertyNames);
        foreach (var (one, two, profile) in all)
        {
            first.Add(rows.Row, Encoding.UTF8.GetBytes(one));
            if (two.Length > 0) second.Add(rows.Row, Encoding.UTF8.GetBytes(two));
            updatedAts.Add(rows.Row, profile.UpdatedAtMs);
            asOfs.Add(rows.Row, asOf.ToUnixTimeMilliseconds());
            split.End(rows, profile);
            if (rows.Row == MaxRowsPerFile) await table.AddAsync(rows, cancellationToken);
        }
        await table.AddAsync(rows, cancellationToken);
        return await table.EndAsync(cancellationToken);
    }
}
